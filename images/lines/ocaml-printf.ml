let () =
  Printf.printf "first\n";
  prerr_endline "waiting";
  ignore (Sys.command "sleep 60");
  Printf.printf "second\n"
