"""Programs that look at how they were started; each prints the same when its interpreter was waiting."""

from __future__ import annotations

LONG = "x = 1\n" * 50_000  # several times what a pipe holds

PYTHON = [
    "print('Hello')",
    "import sys; print(sys.argv, __file__, __name__, sys.path[0], sys.flags, sys.stdin.read())",
    "import os; print(sorted(os.listdir()), os.getcwd(), sorted(os.environ.items()))",
    "import os, stat; print(stat.S_ISREG(os.stat(__file__).st_mode), len(open(__file__).read()))",
    "import os; print(sorted(os.listdir('/proc/self/fd'))[:3], os.get_terminal_size)",
    "import words.greeting; print(words.greeting.TEXT)",
    "def f():\n    1/0\n\nf()",
    "if True:\nprint(1)",
    "import sys; sys.exit(7)",
    "import os; os.kill(os.getpid(), 11)",
    "# -*- coding: latin-1 -*-\nprint('é')",
    "# -*- coding: utf-8 -*-\nprint('é')",
    "#!/usr/bin/python\n# vim: set fileencoding=latin-1 :\nprint('é')",
    "print('😀\\u0000')",
    "\ufeffprint('a mark')",
    LONG + "print('end')",
    "import os; os._exit(3)\n" + LONG,
    "input(); print(input())",
]
BASH = [
    "echo Hello $0 $# $BASH_SOURCE $LINENO",
    "read -r a; echo $a; cat",
    "ls -la | wc -l; [ -f $0 ] && cat $0",
    "no-such-command; echo $?",
    "if",
    "exit 9\n" + "# filler\n" * 50_000,
    "# filler\n" * 20_000 + "echo end",
    "kill -SEGV $$",
    "source words/greeting.py 2>&1; pwd",
]
PERL = [
    'print "Hello $0 @ARGV\\n", <STDIN>;',
    "die 'x'",
    "print <DATA>;\n__DATA__\nfrom data\n",
    "1 +* 2",
    "exit 5",
]

JAVASCRIPT = [
    "console.log('Hello', require('fs').readFileSync(0, 'utf8'))",
    "console.log(process.argv, process.execArgv, __filename, require.main === module, process.cwd())",
    "console.log(require('fs').readdirSync('.'), require('fs').statSync(__filename).isFile())",
    "console.log(require('./words/greeting.js').TEXT)",
    "function f() {\n  null.x\n}\n\nf()",
    "let = = 1",
    "process.exit(7)",
    "#!/usr/bin/env node\nconsole.error('to stderr')",
    "// filler\n" * 20_000 + "console.log('end')",
]
LUA = [
    "print('Hello', arg[0], #arg, ...)",
    "print(io.read('a'))",
    "print(debug.getinfo(1).source, io.open(arg[0]):read('a'))",
    "package.path = 'words/?.lua;' .. package.path\nprint(require('greeting').TEXT)",
    "error('x')",
    "x = = 1",
    "os.exit(7)",
    "-- filler\n" * 20_000 + "print('end')",
]
PHP = [
    "Hello <?php echo 'Hello', $argc, join(',', $argv), __FILE__, getcwd(), PHP_EOL;",
    "<?php echo stream_get_contents(STDIN);",
    "<?php print_r(scandir('.')); echo strlen(file_get_contents(__FILE__));",
    "<?php require 'words/greeting.php'; echo TEXT;",
    "<?php throw new Exception('x');",
    "<?php $x = = 1;",
    "<?php exit(7);",
    "<?php echo 'before'; __halt_compiler(); after",
    "<?php\n" + "// filler\n" * 20_000 + "echo 'end';",
]
RUBY = [
    "puts 'Hello', $0, ARGV.inspect, __FILE__, Dir.pwd",
    "puts STDIN.read",
    "puts Dir.children('.').sort.inspect, File.file?(__FILE__)",
    "require_relative 'words/greeting'\nputs TEXT",
    "raise 'x'",
    "x = = 1",
    "exit 7",
    "puts DATA.read\n__END__\nfrom data\n",
    "# filler\n" * 20_000 + "puts 'end'",
]

MAIN_FILES = {
    "python": "main.py",
    "bash": "main.sh",
    "perl": "main.pl",
    "javascript": "main.js",
    "lua": "main.lua",
    "php": "main.php",
    "ruby": "main.rb",
}
PROGRAMS = {
    "python": PYTHON,
    "bash": BASH,
    "perl": PERL,
    "javascript": JAVASCRIPT,
    "lua": LUA,
    "php": PHP,
    "ruby": RUBY,
}
WORDS = {
    "words/greeting.py": "TEXT = 'Hello'",
    "words/greeting.js": "exports.TEXT = 'Hello'",
    "words/greeting.lua": "return { TEXT = 'Hello' }",
    "words/greeting.php": "<?php const TEXT = 'Hello';",
    "words/greeting.rb": "TEXT = 'Hello'",
}

# Language, main file and other files of programs whose files an interpreter may look for before its script is
# there. PACKAGES is the folder of the user's packages of Python.
EARLY_FILES = {
    "python-package-of-the-user": ("python", "import foo; print(foo.X)", {"PACKAGES/foo.py": "X = 42"}),
    "python-usercustomize": ("python", "print('main')", {"PACKAGES/usercustomize.py": "print('customized')"}),
    "python-paths-of-the-user": (
        "python",
        "import sys; print(sys.path)",
        {"PACKAGES/a.pth": "/tmp\nimport sys; sys.stderr.write('pth')\n"},
    ),
    "python-customizing-beside": (
        "python",
        "print('main')",
        {"usercustomize.py": "x", "sitecustomize.py": "x"},
    ),
    "python-environment": ("python", "import sys; print(sys.prefix)", {"pyvenv.cfg": "home = /tmp\n"}),
    "python-archive": ("python", "print(1)\n#PK\x05\x06" + "\0" * 18, {}),
    "javascript-modules": (
        "javascript",
        "import 'fs'; console.log(1)",
        {"package.json": '{"type":"module"}'},
    ),
    "javascript-names": (
        "javascript",
        "console.log(require('#x'))",
        {"./package.json": '{"imports": {"#x": "./x.js"}}', "x.js": "module.exports = 7"},
    ),
    "javascript-modules-of-the-user": (
        "javascript",
        "console.log(require('foo'))",
        {".node_modules/foo.js": "module.exports = 42"},
    ),
    "javascript-settings": (
        "javascript",
        "console.log(process.env.NAME)",
        {".env": "NAME=value", "node.config.json": "{}", ".noderc": "x"},
    ),
    "perl-customizing": (
        "perl",
        "use lib '.'; use Foo; print $Foo::x, \"\\n\"",
        {"Foo.pm": "package Foo; $x = 42; 1", "sitecustomize.pl": "print 1"},
    ),
    "php-settings": (
        "php",
        "<?php echo ini_get('precision'), php_ini_loaded_file();",
        {"php.ini": "precision=3", "php-cli.ini": "precision=4", ".user.ini": "precision=5"},
    ),
    "ruby-settings": (
        "ruby",
        "p Gem.configuration.verbose, $VERBOSE",
        {".gemrc": ":verbose: false\n", ".irbrc": "puts 1", "Gemfile": "x", "gem.deps.rb": "x"},
    ),
    "lua-settings": ("lua", "print(package.path)", {"init.lua": "print(1)", ".luarc": "print(1)"}),
    "lua-chunk": ("lua", "\x1bLuaS\x01", {}),
    "bash-settings": (
        "bash",
        "echo main",
        {".bashrc": "echo rc", ".profile": "echo p", ".bash_profile": "echo p"},
    ),
    "bash-that-changes-itself": ("bash", "echo one; echo 'echo added' >> $0\n", {}),
    "bash-that-is-a-program": ("bash", "\x7fELF\necho 1", {}),
}
