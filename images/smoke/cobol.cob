       IDENTIFICATION DIVISION.
       PROGRAM-ID. smoke.
       ENVIRONMENT DIVISION.
       INPUT-OUTPUT SECTION.
       FILE-CONTROL.
           SELECT lines-file ASSIGN TO "/tmp/one"
               ORGANIZATION IS LINE SEQUENTIAL
               FILE STATUS IS file-state.
           SELECT scratch-file ASSIGN TO "scratch"
               FILE STATUS IS file-state.
           SELECT keyed-file ASSIGN TO "keyed"
               ORGANIZATION IS RELATIVE ACCESS MODE IS DYNAMIC
               RELATIVE KEY IS record-number
               FILE STATUS IS file-state.
       DATA DIVISION.
       FILE SECTION.
       FD lines-file.
       01 line-record PIC X(20).
       SD scratch-file.
       01 scratch-record PIC 9(4).
       FD keyed-file.
       01 keyed-record PIC X(20).
       WORKING-STORAGE SECTION.
       01 file-state PIC XX.
       01 record-number PIC 9(4) VALUE 1.
       01 home PIC X(80).
       01 folder PIC X(80).
       01 today PIC X(21).
       01 year PIC 9(4).
       01 dice PIC 9V9(8).
       01 angle PIC S9V9(8).
       PROCEDURE DIVISION.
       main-part.
           PERFORM processes.
           DISPLAY "processes ok".
           PERFORM clocks.
           DISPLAY "clocks ok".
           PERFORM files.
           DISPLAY "files ok".
           PERFORM environment-part.
           DISPLAY "environment ok".
           PERFORM number-part.
           DISPLAY "numbers ok".
           DISPLAY "done".
           STOP RUN.
       processes.
           CALL "SYSTEM" USING "exit 3".
           IF RETURN-CODE = 0 PERFORM failure-part.
           CALL "SYSTEM" USING "true".
           IF RETURN-CODE NOT = 0 PERFORM failure-part.
       clocks.
           MOVE FUNCTION CURRENT-DATE TO today.
           MOVE today(1:4) TO year.
           IF year < 2021 PERFORM failure-part.
           CALL "C$SLEEP" USING 1.
       files.
           OPEN OUTPUT lines-file.
           MOVE "one" TO line-record.
           WRITE line-record.
           CLOSE lines-file.
           OPEN INPUT lines-file.
           READ lines-file AT END PERFORM failure-part.
           IF line-record NOT = "one" PERFORM failure-part.
           CLOSE lines-file.
           OPEN OUTPUT keyed-file.
           MOVE "keyed" TO keyed-record.
           WRITE keyed-record.
           CLOSE keyed-file.
           OPEN I-O keyed-file.
           READ keyed-file.
           IF file-state NOT = "00" PERFORM failure-part.
           CLOSE keyed-file.
           SORT scratch-file ON ASCENDING KEY scratch-record
               INPUT PROCEDURE IS give-numbers
               OUTPUT PROCEDURE IS take-numbers.
           CALL "CBL_DELETE_FILE" USING "keyed".
       give-numbers.
           MOVE 2 TO scratch-record.
           RELEASE scratch-record.
           MOVE 1 TO scratch-record.
           RELEASE scratch-record.
       take-numbers.
           RETURN scratch-file AT END PERFORM failure-part.
           IF scratch-record NOT = 1 PERFORM failure-part.
       environment-part.
           ACCEPT home FROM ENVIRONMENT "HOME".
           CALL "CBL_GET_CURRENT_DIR" USING BY VALUE 0, BY VALUE 80,
               BY REFERENCE folder.
           IF home NOT = folder PERFORM failure-part.
       number-part.
           COMPUTE angle = FUNCTION SIN(FUNCTION PI / 2).
           IF angle < 0.9999 PERFORM failure-part.
           COMPUTE dice = FUNCTION RANDOM.
           IF FUNCTION UPPER-CASE("abc") NOT = "ABC"
               PERFORM failure-part.
       failure-part.
           DISPLAY "check failed".
           MOVE 1 TO RETURN-CODE.
           STOP RUN.
