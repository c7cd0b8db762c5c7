(* The recipe links no library beside the standard one: what that has needs files, processes and time. *)
let check condition = if not condition then failwith "check failed"

let line_of command =
  let name = Filename.temp_file "smoke" ".txt" in
  check (Sys.command (command ^ " > " ^ name) = 0);
  let file = open_in name in
  let line = input_line file in
  close_in file;
  Sys.remove name;
  line

let processes () =
  check (line_of "echo text" = "text");
  check (Sys.command "exit 3" = 3);
  let caught = ref false in
  Sys.set_signal Sys.sigusr1 (Sys.Signal_handle (fun _ -> caught := true));
  check (Sys.command "kill -USR1 $PPID" = 0);
  check !caught

let clocks () = check (Sys.time () >= 0. && int_of_string (line_of "date +%Y") > 2020)

let files () =
  let file = open_out "one" in
  output_string file "one\ntwo\n";
  close_out file;
  Sys.rename "one" "two";
  check (Sys.file_exists "two" && not (Sys.is_directory "two"));
  Sys.mkdir "folder" 0o777;
  check (Array.length (Sys.readdir "folder") = 0);
  Sys.remove "two"

let environment () = check (Sys.getenv "HOME" = Sys.getcwd () && Array.length Sys.argv = 1)

let numbers () =
  check (abs_float (sin (acos (-1.) /. 2.) -. 1.) < 1e-9);
  Random.self_init ();
  check (Random.int 6 < 6);
  check (String.sub (Digest.to_hex (Digest.string "x")) 0 6 = "9dd4e4")

let user () = check (line_of "whoami" <> "")

let text () =
  check (String.uppercase_ascii "abc" = "ABC");
  check (Printf.sprintf "%5.2f" 1.5 = " 1.50");
  check (Scanf.sscanf "1 2" "%d %d" ( + ) = 3)

let () =
  List.iter
    (fun (name, area) ->
      area ();
      print_endline (name ^ " ok"))
    [ ("processes", processes); ("clocks", clocks); ("files", files); ("environment", environment);
      ("numbers", numbers); ("user", user); ("text", text) ];
  print_endline "done"
