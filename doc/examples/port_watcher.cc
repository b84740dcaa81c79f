// Says who opens and closes a port, in a loop of its own with poll(2). Usage: port_watcher PORT
#include <poll.h>
#include <sockutils/sockutils.h>
#include <unistd.h>

#include <array>
#include <iostream>

using namespace sockutils;

int main(int argc, char** argv) {
  const auto filter = Filter::parse(argc == 2 ? "port " + std::string(argv[1]) : "", system_filter_names());
  if (!filter) return std::cerr << filter.error().message << '\n', 2;
  Query query;
  query.filter = *filter;
  if (auto named = query.columns({"local", "peer", "process"}); !named) return 3;
  auto follower = Follower::start(query, {});
  if (!follower) return std::cerr << escape_text(follower.error().message()) << '\n', 3;
  const auto print = [&](const Event& event) {
    std::string line(name(event.kind));
    for (std::size_t i = 0; i < event.values.size(); ++i)
      if (event.values[i]) append_value(line += ' ', *event.values[i], query.fields[i]->type, Style::Human);
    return static_cast<bool>(std::cout << escape_text(line) << std::endl);
  };
  std::cout << "watching" << std::endl;
  // Ends with its standard input; other descriptors of the program would stand here, too.
  std::array<pollfd, 2> waits{{{follower->fd(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  while (::poll(waits.data(), waits.size(), -1) >= 0 && waits[1].revents == 0)
    if (auto told = follower->run_for(std::chrono::milliseconds(0), print); !told) return 3;
}
