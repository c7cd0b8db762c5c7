#include "cli/manual.hpp"

#include "settings/settings.hpp"

#include <spdlog/fmt/fmt.h>

#include <string_view>

namespace docker_run {

namespace {

constexpr std::string_view opening = R"(.TH DOCKER\-RUN 8 "2026-11-22" "docker\-run )" DOCKER_RUN_VERSION R"("
.SH NAME
docker\-run \- HTTP API for running code in transient docker containers
.SH SYNOPSIS
.B docker\-run
.RI [ OPTION ]...
.SH DESCRIPTION
.B docker\-run
serves HTTP.
.B POST /run
names an image and carries a payload; the payload goes to the stdin of a container of its own, and the JSON object
that the container prints is the answer. The container is used once and then removed.
.PP
It talks to the Docker Engine by its unix socket and needs no other privilege than access to it, which is as much
as root.
.SH OPTIONS
)";

constexpr std::string_view closing = R"(.SH SIGNALS
.TP
.BR SIGTERM ", " SIGINT
Ends it, and loses no run that was accepted: runs are served for SERVER_DRAIN_DELAY more seconds, then nothing is
accepted any more, and what runs or waits gets SERVER_STOP_TIMEOUT. A second one kills what still runs.
.SH EXIT STATUS
.TP
.B 0
It was told to end and nothing is left, or did what its option asked for.
.TP
.B 1
It could not start, or is not healthy
.RB ( \-\-health ).
.TP
.B 64
The command line makes no sense.
.TP
.B 78
The settings are wrong, or the service manager passed a socket that is of no use; every fault was printed.
.SH FILES
.TP
.I /etc/docker\-run/docker\-run.env
The settings of the service.
.TP
.I /etc/docker\-run/token
Its access tokens, one a line.
.TP
.I /var/lib/docker\-run
The ids by which it knows its own containers after a crash.
.TP
.I /usr/lib/docker\-run/code_runner
The program that the images run: it builds and starts the code of a payload. It is static, and is copied into an image.
.SH SERVICE MANAGER
It tells systemd when it accepts connections, what it is doing, how long its stop may take, and that it lives
.RB ( WatchdogSec= ).
One listening TCP socket may be passed to it
.RB ( docker\-run.socket ):
then callers are queued, not refused, while it restarts.
.SH SEE ALSO
.BR dockerd (8),
.BR systemd.service (5),
.BR systemd.socket (5)
)";

// In roff '-' is a hyphen, and '\-' is the minus that people type. A dot at the start of a line would be a
// request.
std::string as_roff(std::string_view text) {
    std::string roff;
    for (const char character : text)
        if (character == '\\')
            roff += "\\e";
        else if (character == '-')
            roff += "\\-";
        else if (roff.empty() && (character == '.' || character == '\''))
            roff.append("\\&").append(1, character);
        else
            roff += character;
    return roff;
}

std::string paragraph(const option_text& option) {
    const auto argument =
        option.argument.empty() ? "" : fmt::format(R"( " " \fI{}\fP)", as_roff(option.argument));
    return fmt::format(".TP\n.BR {}{}\n{}.\n", as_roff(option.name), argument, as_roff(option.description));
}

} // namespace

std::string manual_page(const option_texts& options) {
    std::string page(opening);
    for (const auto& option : options)
        page += paragraph(option);
    page += ".SH ENVIRONMENT\n";
    for (const auto& setting : describe_settings())
        page += fmt::format(".TP\n.B {}\n{}\n", setting.name, as_roff(setting.sentence));
    return page.append(closing);
}

} // namespace docker_run
