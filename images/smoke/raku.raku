sub check($condition) { die "check failed" unless $condition }

my @areas =
    threads => {
        check (await (1..8).map(-> $number { start { $number + 0 } })).sum == 36;
        my $channel = Channel.new;
        Thread.start({ $channel.send(42) });
        check $channel.receive == 42;
    },
    processes => {
        my $process = run "sh", "-c", "cat", :in, :out;
        $process.in.print("text");
        $process.in.close;
        check $process.out.slurp(:close) eq "text";
        check run("sh", "-c", "exit 3").exitcode == 3;
    },
    sockets => {
        my $listener = IO::Socket::INET.new(:listen, :localhost<127.0.0.1>, :localport(0));
        my $server = start { my $peer = $listener.accept; $peer.print("hello\n"); $peer.close };
        my $client = IO::Socket::INET.new(:host<127.0.0.1>, :port($listener.localport));
        check $client.get eq "hello";
        await $server;
    },
    clocks => {
        my $before = now;
        sleep 0.01;
        check now - $before >= 0.009;
        check DateTime.now.year > 2020;
        await Promise.in(0.01);
    },
    files => {
        my $path = $*TMPDIR.add("ümlaut");
        $path.spurt("ä" x 1000);
        check $path.slurp.chars == 1000;
        $path.rename($*TMPDIR.add("moved"));
        $*TMPDIR.add("moved").symlink("link");
        mkdir "folder";
        check "folder".IO.d && "link".IO.e;
    },
    environment => {
        %*ENV<NAME> = "value";
        check qx{printf $NAME} eq "value";
        check $*CWD eq %*ENV<HOME> && $*KERNEL.name eq "linux";
    },
    numbers => {
        check abs(sin(π / 2) - 1) < 1e-9;
        check (1..6).pick <= 6 && 2**100 > 2**99;
    },
    user => { check $*USER.Str.chars > 0 && $*HOME eq %*ENV<HOME> },
    text => { check "straße".uc eq "STRASSE" && "ä".encode("utf-8").bytes == 2 };

for @areas {
    .value.();
    say .key, " ok";
}
say "done";
