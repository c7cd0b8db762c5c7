%{^
#include <unistd.h>
%}

extern fun sleep(seconds: uint): uint = "mac#"

implement main0() = {
  val () = print("first\n")
  val _ = sleep(60u)
  val () = print("second\n")
}
