#include "tests/tui/sample.h"
#include "tui/collect/socket_facts.h"

#include <set>

#include "render/cell_text.h"

namespace tui::test {

using sockutils::Address;
using sockutils::Endpoint;
using sockutils::EventKind;
using sockutils::OptionalValue;
using sockutils::Protocol;
using sockutils::State;

SampleSocket::SampleSocket(std::uint64_t cookie) {
  set("cookie", cookie).set("family", sockutils::Family::Inet).set("protocol", Protocol::Tcp);
  state(State::Established);
  local(v4(1), 1000);
  peer(v4(2), static_cast<std::uint16_t>(2000 + cookie));
}

SampleSocket& SampleSocket::local(Address address, std::uint16_t port) {
  Endpoint end;
  end.address = address;
  end.port = port;
  return set("local", end).set("local_address", address).set("local_port", std::uint64_t{port});
}

SampleSocket& SampleSocket::peer(Address address, std::uint16_t port) {
  Endpoint end;
  end.address = address;
  end.port = port;
  return set("peer", end).set("peer_address", address).set("peer_port", std::uint64_t{port});
}

SampleSocket& SampleSocket::listening(std::uint16_t port) {
  local(Address::v4({0, 0, 0, 0}), port);
  Endpoint any;
  any.any = true;
  set("peer", any).set("exposure", std::string_view("any"));
  values_.erase("peer_address");
  values_.erase("peer_port");
  return state(State::Listen).set("recv_queue", std::uint64_t{0}).set("send_queue", std::uint64_t{128});
}

SampleSocket& SampleSocket::owner(std::int32_t pid, std::string name, std::optional<std::string> container) {
  const auto& process = processes_.emplace_back(std::make_shared<sockutils::Process>());
  process->pid = pid;
  process->start_time = 77;
  process->name = std::move(name);
  process->container = std::move(container);
  owners_.push_back({process.get(), pid, 3});
  return set("processes", sockutils::Value(std::span<const sockutils::Owner>()));
}

std::vector<OptionalValue> SampleSocket::values(const Fields& fields) const {
  std::vector<OptionalValue> values;
  for (const sockutils::Field* const field : fields) {
    const auto found = values_.find(field->name);
    if (field->name == "processes" && !owners_.empty()) {
      values.emplace_back(sockutils::Value(std::span<const sockutils::Owner>(owners_)));
    } else {
      values.push_back(found == values_.end() ? OptionalValue() : OptionalValue(found->second));
    }
  }
  return values;
}

void SampleBook::tell(EventKind kind, const SampleSocket& socket,
                      std::optional<std::chrono::microseconds> seen) {
  const auto values = socket.values(book_fields(columns_, false));
  sockutils::Event event{kind, {}, {}, seen, false, values};
  book_.take(event, now_);
}

Frame SampleBook::look(const std::vector<SampleSocket>& sockets, std::chrono::milliseconds later) {
  now_ += later;
  std::map<std::uint64_t, bool> seen;
  for (const SampleSocket& socket : sockets) {
    const auto cookie = socket.values({sockutils::find_field("cookie")});
    const std::uint64_t number = std::get<std::uint64_t>(*cookie.front());
    tell(first_ || known_.contains(number) ? EventKind::Seen : EventKind::Opened, socket);
    seen[number] = true;
  }
  known_ = std::move(seen);
  first_ = false;
  return book_.finish_look(now_);
}

std::shared_ptr<const SocketRow> row_of(const Frame& frame, std::uint64_t cookie) {
  for (const auto& row : frame.sockets->rows) {
    auto socket = std::static_pointer_cast<const SocketRow>(row);
    if (socket->has_cookie && socket->key.number == cookie) return socket;
  }
  return nullptr;
}

std::string text_of(const Table& table, const TableRow& row, std::string_view column) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i]->name != column) continue;
    std::string text;
    tools::append_cell_text(text, row.cells.value(i), table.columns[i]->type);
    return text;
  }
  return "no such column";
}

}  // namespace tui::test
