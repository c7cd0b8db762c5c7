local areas = {
    { "threads", function()
        local numbers = coroutine.wrap(function() for number = 1, 3 do coroutine.yield(number) end end)
        assert(numbers() + numbers() + numbers() == 6)
    end },
    { "processes", function()
        local pipe = assert(io.popen("echo text"))
        assert(pipe:read("l") == "text")
        assert(pipe:close())
        local _, how, code = os.execute("exit 3")
        assert(how == "exit" and code == 3)
    end },
    { "clocks", function()
        assert(os.time() > 1600000000 and os.clock() >= 0)
        assert(tonumber(os.date("%Y")) > 2020)
    end },
    { "files", function()
        local name = os.tmpname()
        local file = assert(io.open(name, "w"))
        file:setvbuf("full")
        file:write("one\n", "two\n")
        file:close()
        local lines = 0
        for _ in io.lines(name) do lines = lines + 1 end
        assert(lines == 2)
        assert(os.rename(name, name .. "2") and os.remove(name .. "2"))
        assert(io.tmpfile():write("x"))
    end },
    { "environment", function()
        local pipe = assert(io.popen("pwd"))
        assert(os.getenv("HOME") == pipe:read("l"))
    end },
    { "numbers", function()
        assert(math.abs(math.sin(math.pi / 2) - 1) < 1e-9)
        assert(math.random(6) <= 6 and 7 // 2 == 3)
    end },
    { "user", function()
        local pipe = assert(io.popen("whoami"))
        assert(#pipe:read("l") > 0)
    end },
    { "text", function()
        assert(os.setlocale(""))
        assert(utf8.len("straße") == 6)
    end },
}
for _, area in ipairs(areas) do
    area[2]()
    print(area[1] .. " ok")
end
print("done")
