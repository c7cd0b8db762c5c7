{ Threads need the C library (cthreads), which the image does not have. }
program smoke;

{$mode objfpc}{$H+}

uses
    baseunix, unix, classes, sysutils, dateutils, math, process, sockets;

procedure check(condition: boolean);
begin
    if not condition then
        raise Exception.Create('check failed');
end;

procedure processes;
var
    output: string;
begin
    check(RunCommand('/bin/sh', ['-c', 'echo text'], output) and (output = 'text' + LineEnding));
    check(ExecuteProcess('/bin/sh', ['-c', 'exit 3']) = 3);
end;

procedure network;
var
    address: TInetSockAddr;
    size: TSockLen;
    listener, client, server: longint;
    letter: char;
begin
    FillChar(address, SizeOf(address), 0);
    address.sin_family := AF_INET;
    address.sin_addr := StrToNetAddr('127.0.0.1');
    size := SizeOf(address);
    listener := fpSocket(AF_INET, SOCK_STREAM, 0);
    check((fpBind(listener, @address, size) = 0) and (fpListen(listener, 1) = 0));
    check(fpGetSockName(listener, @address, @size) = 0);
    client := fpSocket(AF_INET, SOCK_STREAM, 0);
    check(fpConnect(client, @address, size) = 0);
    server := fpAccept(listener, nil, nil);
    letter := 'x';
    check(fpSend(client, @letter, 1, 0) = 1);
    letter := ' ';
    check((fpRecv(server, @letter, 1, 0) = 1) and (letter = 'x'));
end;

procedure clocks;
var
    before: QWord;
begin
    before := GetTickCount64;
    Sleep(20);
    check(GetTickCount64 - before >= 10);
    check(YearOf(Now) > 2020);
end;

procedure files;
var
    lines: TStringList;
    name: string;
begin
    name := GetTempFileName('/tmp', 'smoke');
    lines := TStringList.Create;
    lines.Add('one');
    lines.Add('two');
    lines.SaveToFile(name);
    lines.LoadFromFile(name);
    check(lines.Count = 2);
    check(RenameFile(name, name + '2') and (fpSymlink(pchar(name + '2'), 'link') = 0));
    check(CreateDir('folder') and DirectoryExists('folder') and DeleteFile('link'));
end;

procedure environment;
begin
    check(GetEnvironmentVariable('HOME') = GetCurrentDir);
    check(GetHostName <> '');
end;

procedure numbers;
begin
    check(Abs(Sin(Pi / 2) - 1) < 1e-9);
    Randomize;
    check((Random(6) < 6) and (Power(2, 10) = 1024));
end;

procedure user;
begin
    check(ExcludeTrailingPathDelimiter(GetUserDir) = GetCurrentDir);
    check(fpGetUID > 0);
end;

procedure text;
begin
    check(UpperCase('abc') = 'ABC');
    check(Length(UTF8Decode('straße')) = 6);
end;

type
    TArea = procedure;

const
    names: array[1..8] of string = ('processes', 'sockets', 'clocks', 'files', 'environment', 'numbers',
        'user', 'text');
    areas: array[1..8] of TArea = (@processes, @network, @clocks, @files, @environment, @numbers, @user,
        @text);

var
    i: integer;

begin
    for i := 1 to 8 do
    begin
        areas[i]();
        writeln(names[i], ' ok');
    end;
    writeln('done');
end.
