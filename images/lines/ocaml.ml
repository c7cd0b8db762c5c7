let () =
  print_endline "first";
  ignore (Sys.command "sleep 60");
  print_endline "second"
