       IDENTIFICATION DIVISION.
       PROGRAM-ID. lines.
       PROCEDURE DIVISION.
           DISPLAY 'first'.
           CALL 'C$SLEEP' USING 60.
           DISPLAY 'second'.
           STOP RUN.
