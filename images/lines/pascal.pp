program lines;
uses
    sysutils;
begin
    writeln('first');
    sleep(60000);
    writeln('second');
end.
