/// Sockets from several network namespaces, one after the other.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "acquire/dumps/socket_reader.h"
#include "sockutils/namespaces.h"

namespace sockutils {

struct RefusedNamespace {
  NetworkNamespace where;
  Error reason;
};
/// Names the network namespaces that could not be entered, one warning for each reason, with what would help.
std::vector<Warning> refusal_warnings(const System& system, const std::vector<RefusedNamespace>& refused);

/// Enters each namespace for each reading. Not for several threads at once.
class NamespaceReader {
 public:
  /// Without `namespaces`, reads that of the calling thread alone.
  NamespaceReader(const System& system, Source source, std::vector<NetworkNamespace> namespaces);

  /// Is called in each namespace that is entered, with its inode number when that is known.
  void on_entering(std::function<void(std::optional<std::uint64_t>)> call) { entering_ = std::move(call); }

  /// See `SocketReader::open()`.
  void open();

  /// See `SocketReader::receive_ahead()`.
  void receive_ahead(std::size_t bytes) {
    for (Place& place : places_) place.reader.receive_ahead(bytes);
  }

  /// What to read of each reading; no value: nothing.
  using RequestFor = std::function<std::optional<ReadRequest>(const DumpGroup&)>;

  /// See `SocketReader::read()`; every socket has its namespace set.
  bool read(const std::vector<DumpGroup>& dump_groups, const RequestFor& request_for, const SocketSink& sink);

  /// Runs `work` in each namespace that can be entered.
  void visit_each(const std::function<void(std::optional<std::uint64_t>)>& work);

  /// Where several namespaces are read, they say which one they speak of.
  std::vector<Warning> warnings() const;
  /// See `SocketReader::notes()`; what is true of several is said once.
  std::vector<std::string> notes() const;
  std::size_t kinds_read() const;
  /// Namespaces that could not be entered.
  std::size_t refused() const;

 private:
  struct Place {
    NetworkNamespace where;
    /// That of the calling thread: nothing has to be entered.
    bool is_own;
    SocketReader reader;
    std::optional<Error> refusal = {};
  };

  void visit(Place& place, const std::function<void()>& work);
  bool is_there(const Place& place) const;

  const System& system_;
  std::deque<Place> places_;
  std::function<void(std::optional<std::uint64_t>)> entering_;
};

}  // namespace sockutils
