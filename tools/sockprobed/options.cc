#include "sockprobed/options.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "sockprobed/config_file.h"
#include "sockprobed/server_option.h"

namespace tools::sockprobed {
namespace {

constexpr std::string_view What = "What is served";
constexpr std::string_view HowMuch = "How much of it";
constexpr std::string_view Running = "How it runs";
constexpr std::string_view Help = "Help";

tools::Complaint add_services(Settings& settings, const std::string& value) {
  const auto added = sockutils::add_test_services(settings.server.services, value);
  return added ? std::nullopt
               : tools::Complaint("--serve: " + added.error().subject + ": " + added.error().detail);
}

tools::Complaint add_pretended(Settings& settings, const std::string& value) {
  const auto added = sockutils::add_pretended_services(settings.server.services, value);
  return added ? std::nullopt
               : tools::Complaint("--pretend: " + added.error().subject + ": " + added.error().detail);
}

tools::Complaint add_address(Settings& settings, const std::string& value) {
  const bool bracketed = value.starts_with('[') && value.ends_with(']');
  const auto address = sockutils::Address::parse(bracketed ? value.substr(1, value.size() - 2) : value);
  if (!address) return refuse_value("listen", value, "an address");
  settings.server.addresses.push_back(*address);
  return std::nullopt;
}

template <auto Member, std::size_t Most>
tools::Complaint set_count(std::string_view option, Settings& settings, const std::string& value) {
  const auto count = number_between<std::size_t>(value, 1, Most);
  if (!count) return refuse_value(option, value, "a number, 1 to " + std::to_string(Most));
  settings.server.limits.*Member = *count;
  return std::nullopt;
}

tools::Complaint set_connections(Settings& settings, const std::string& value) {
  return set_count<&sockutils::ServerLimits::connections, 1'000'000>("max-connections", settings, value);
}
tools::Complaint set_per_address(Settings& settings, const std::string& value) {
  return set_count<&sockutils::ServerLimits::per_address, 1'000'000>("max-per-address", settings, value);
}
tools::Complaint set_per_network(Settings& settings, const std::string& value) {
  return set_count<&sockutils::ServerLimits::per_prefix, 1'000'000>("max-per-network", settings, value);
}

tools::Complaint set_datagrams(Settings& settings, const std::string& value) {
  const auto count = number_between(value, 1u, 1'000'000u);
  if (!count) return refuse_value("max-datagrams", value, "a number, 1 to 1000000");
  settings.server.limits.datagrams = *count;
  return std::nullopt;
}

tools::Complaint set_idle(Settings& settings, const std::string& value) {
  const auto time = seconds_between(value, 0.1, 1e6);
  if (!time) return refuse_value("idle", value, "a number of seconds, 0.1 to 1000000");
  settings.server.limits.idle = *time;
  return std::nullopt;
}

tools::Complaint set_lifetime(Settings& settings, const std::string& value) {
  const auto time = seconds_between(value, 0.1, 1e6);
  if (!time) return refuse_value("lifetime", value, "a number of seconds, 0.1 to 1000000");
  settings.server.limits.lifetime = *time;
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, LogForm>, 3> LogForms{{
    {"plain", LogForm::Plain},
    {"json", LogForm::Json},
    {"journal", LogForm::Journal},
}};

tools::Complaint set_log(Settings& settings, const std::string& value) {
  for (const auto& [word, form] : LogForms) {
    if (value != word) continue;
    settings.log = form;
    return std::nullopt;
  }
  return refuse_value("log", value, "plain, json or journal");
}

std::vector<std::string> log_words() { return first_words(LogForms); }

std::vector<std::string> service_words() {
  return {"tcp-echo", "udp-echo", "tcp-discard", "udp-discard", "tcp-daytime", "udp-daytime", "banner:"};
}

std::vector<std::string> protocol_words() {
  std::vector<std::string> words;
  for (const std::string_view name : sockutils::pretended_protocols()) words.emplace_back(name);
  return words;
}

constexpr std::array ServiceOptionTable{
    ServerOption{
        {0,
         "serve",
         {"LIST", false, service_words, true},
         What,
         "echo, discard, daytime, banner:TEXT",
         "Each is `[tcp-|udp-]NAME[:PORT]`, TCP without a prefix. The usual ports are 7007, 7009, 7013 and "
         "7017; port 0 is any that is free. A text with a comma stands in quotes, as in "
         "`banner:7017:\"hello, you\"`; it may hold `\\r`, `\\n`, `\\t`, `\\xHH`. May be given several "
         "times."},
        add_services},
    ServerOption{{0,
                  "pretend",
                  {"LIST", false, protocol_words, true},
                  What,
                  "answer as servers of these protocols do",
                  "Each is `PROTOCOL` or `PROTOCOL:PORT`. They answer as far as it takes to be recognised: a "
                  "greeting, "
                  "or the answer to the question by which sockprobe tells them."},
                 add_pretended},
    ServerOption{
        {0,
         "listen",
         {"ADDRESS"},
         What,
         "listen there, rather than on loopback",
         "May be given several times. Everybody who can reach that address is served then, which the log "
         "says."},
        add_address},
};

constexpr std::array LimitOptionTable{
    ServerOption{{0,
                  "max-connections",
                  {"NUMBER"},
                  HowMuch,
                  "connections at once, 1000 unless told",
                  "When there are as many, the one that has been silent for the longest goes."},
                 set_connections},
    ServerOption{{0,
                  "max-per-address",
                  {"NUMBER"},
                  HowMuch,
                  "of those, from one address: 100",
                  "For IPv6 from one /64."},
                 set_per_address},
    ServerOption{
        {0, "max-per-network", {"NUMBER"}, HowMuch, "of those, from one /24: 400", "For IPv6 from one /48."},
        set_per_network},
    ServerOption{
        {0,
         "max-datagrams",
         {"NUMBER"},
         HowMuch,
         "answers to one address a second: 50",
         "Datagrams from ports below 1024, to everybody, and from servers of the same kind are not answered "
         "at all, nor is anything longer than its question to other machines."},
        set_datagrams},
    ServerOption{{0, "idle", {"SECONDS"}, HowMuch, "silent connections are closed: 60"}, set_idle},
    ServerOption{{0, "lifetime", {"SECONDS"}, HowMuch, "all connections are closed: 3600"}, set_lifetime},
    ServerOption{
        {0,
         "config",
         {"FILE"},
         Running,
         "options from a file, read again with SIGHUP",
         "In TOML: a long option without its dashes, and its value: `serve = \"udp-echo:7007\"`, "
         "`no-control = true`; a list gives an option several times. The command line is added to it."},
        keep<&Settings::config_file>},
    ServerOption{{0,
                  "user",
                  {"NAME"},
                  Running,
                  "as root: become that user; nobody unless told",
                  "Once the ports are open. Of the capabilities it keeps CAP_NET_BIND_SERVICE. What SIGHUP "
                  "reads again "
                  "has to be readable for that user, and a key file to be its own; `root` stays root."},
                 keep<&Settings::user>},
    ServerOption{
        {0,
         "no-sandbox",
         {},
         Running,
         "neither Landlock nor seccomp",
         "With them it can open no file but its configuration, keys and libraries, and run no program."},
        set<&Settings::sandbox, false>},
    ServerOption{
        {0,
         "log",
         {"FORM", false, log_words},
         Running,
         "plain, json or journal",
         "On standard output. `journal` has a priority in front of each line, sd-daemon(3), and no time."},
        set_log},
    ServerOption{{'h', "help", {}, Help, "this help"}, set<&Settings::action, Action::Help>},
    ServerOption{{'V', "version", {}, Help, "version"}, set<&Settings::action, Action::Version>},
};

/// In the order of the help.
std::vector<ServerOption> all_options() {
  std::vector<ServerOption> options(ServiceOptionTable.begin(), ServiceOptionTable.end());
  const auto control = control_options();
  options.insert(options.end(), control.begin(), control.end());
  options.insert(options.end(), LimitOptionTable.begin(), LimitOptionTable.end());
  return options;
}

tools::Complaint apply_arguments(Settings& settings, int argc, const char* const* argv) {
  const auto operands = apply_options<Settings>(all_options(), argc, argv, settings);
  if (!operands) return operands.error();
  if (!operands->empty()) return "what is '" + operands->front() + "'? there are only options";
  return std::nullopt;
}

Settings usual_settings() {
  Settings settings;
  settings.server.control.enabled = true;
  return settings;
}

/// Applies the options of a file before those of the command line.
tl::expected<Settings, Complaint> with_file(const Settings& given, int argc, const char* const* argv) {
  const auto words = read_config_file(given.config_file);
  if (!words) return tl::unexpected(Complaint{words.error(), false});
  std::vector<const char*> pointers{argv[0]};
  for (const std::string& word : *words) pointers.push_back(word.c_str());
  Settings settings = usual_settings();
  if (auto complaint = apply_arguments(settings, static_cast<int>(pointers.size()), pointers.data()))
    return tl::unexpected(Complaint{given.config_file + ": " + *complaint, false});
  if (settings.action != Action::Serve || !settings.config_file.empty())
    return tl::unexpected(
        Complaint{given.config_file + ": help, version and config have no place in it", false});
  if (auto complaint = apply_arguments(settings, argc, argv)) return tl::unexpected(Complaint{*complaint});
  return settings;
}

}  // namespace

ToolDoc tool_doc() {
  return {
      .name = "sockprobed",
      .synopsis = "sockprobed [OPTION]...",
      .summary =
          "Be the other end of a test: of sockprobe --via, and of whoever needs an echo, a banner or a "
          "greeting.",
      .options = docs_of(std::span<const ServerOption>(all_options())),
      .examples = {{"sockprobed", "for sockprobe --via on this machine"},
                   {"sockprobed --make-key laptop.key", "a key, for both ends"},
                   {"sockprobed --key laptop.key --listen 0.0.0.0", "for a laptop anywhere"},
                   {"sockprobed --serve banner:2222:SSH-2.0-test", "one banner"},
                   {"sockprobed --pretend mpd,predict --listen 192.0.2.1", "two daemons that are not there"}},
      .closing = "SIGTERM and SIGINT end it, SIGHUP has it read its configuration again.",
  };
}

namespace {

std::optional<Complaint> read_keys(Settings& settings) {
  for (const std::string& path : settings.key_files) {
    const auto keys = sockutils::read_key_file(path);
    if (!keys) return Complaint{keys.error().message(), false};
    for (const sockutils::PairKey& key : *keys) {
      auto& known = settings.server.control.trust.keys;
      const bool twice =
          std::any_of(known.begin(), known.end(), [&](const auto& other) { return other.name == key.name; });
      if (twice) return Complaint{path + ": there is a key of that name already: " + key.name, false};
      known.push_back(key);
    }
  }
  if (settings.server.control.enabled || !settings.server.services.empty()) return std::nullopt;
  return Complaint{"nothing to serve: --no-control, and neither --serve nor --pretend"};
}

}  // namespace

std::vector<std::string> Settings::files_to_read_again() const {
  std::vector<std::string> files = key_files;
  const sockutils::PairTrust& trust = server.control.trust;
  for (const std::string& file :
       {config_file, trust.certificate_file, trust.certificate_key_file, trust.authorities_file})
    if (!file.empty()) files.push_back(file);
  return files;
}

tl::expected<Settings, Complaint> read_settings(int argc, const char* const* argv) {
  Settings settings = usual_settings();
  if (auto complaint = apply_arguments(settings, argc, argv)) return tl::unexpected(Complaint{*complaint});
  if (!settings.config_file.empty()) {
    auto both = with_file(settings, argc, argv);
    if (!both) return both;
    settings = std::move(*both);
  }
  if (settings.action == Action::Serve)
    if (auto complaint = read_keys(settings)) return tl::unexpected(*complaint);
  return settings;
}

}  // namespace tools::sockprobed
