#include "filter/filter_address.h"
#include "filter/filter_host.h"

namespace sockutils::filter {
namespace {

void append_interface(std::string& out, const std::optional<std::uint32_t>& interface) {
  if (interface) (out += '%') += std::to_string(*interface);
}

void append_prefix(std::string& out, const Prefix& prefix, const std::optional<std::uint32_t>& interface) {
  if (prefix.address.is_v6) out += '[';
  out += prefix.address.to_string();
  if (prefix.address.scope_id != 0) (out += '%') += std::to_string(prefix.address.scope_id);
  if (prefix.address.is_v6) out += ']';
  append_interface(out, interface);
  if (prefix.length != full_length(prefix.address)) (out += '/') += std::to_string(prefix.length);
}

template <class T>
void append_or_any(std::string& out, const std::optional<T>& number) {
  out += number ? std::to_string(*number) : "*";
}

class PatternPrinter {
 public:
  explicit PatternPrinter(std::string& out) : out_(out) {}

  void operator()(std::monostate) const { out_ += '*'; }
  void operator()(const InternetPattern& pattern) const {
    if (pattern.family) (out_ += name(*pattern.family)) += ':';
    if (pattern.prefix)
      append_prefix(out_, *pattern.prefix, pattern.interface);
    else
      append_interface(out_ += '*', pattern.interface);
    if (pattern.port) (out_ += pattern.raw ? ":raw-" : ":") += std::to_string(*pattern.port);
  }
  void operator()(const PathPattern& pattern) const { (out_ += "unix:") += pattern.glob; }
  void operator()(const LinkPattern& pattern) const {
    out_ += "link:";
    append_or_any(out_, pattern.protocol);
    out_ += ':';
    append_or_any(out_, pattern.interface);
  }
  void operator()(const NetlinkPattern& pattern) const {
    out_ += "netlink:";
    out_ += pattern.protocol ? name(*pattern.protocol) : "*";
    out_ += ':';
    append_or_any(out_, pattern.port);
  }
  void operator()(const VsockPattern& pattern) const {
    out_ += "vsock:";
    append_or_any(out_, pattern.cid);
    out_ += ':';
    append_or_any(out_, pattern.port);
  }

 private:
  std::string& out_;
};

}  // namespace

void append_pattern(std::string& out, const HostPattern& pattern) {
  std::visit(PatternPrinter(out), pattern);
}

}  // namespace sockutils::filter
