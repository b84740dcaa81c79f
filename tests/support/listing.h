/// A listing of the library under test, for tests that compare it with what the system says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sockutils/list.h"

namespace sockutils::test {

/// What a field without a value reads as.
inline constexpr std::string_view Absent = "(absent)";

/// An `Owner` that outlives its listing.
struct Holder {
  Process process;
  std::int32_t tid = 0;
  std::int32_t fd = -1;
};

/// One socket as the library shows it.
class SocketRow {
 public:
  SocketRow(const std::vector<const Field*>& fields, Values values);

  /// The value in its plain form, as in CSV; `Absent` when there is none.
  const std::string& operator[](std::string_view field) const;
  bool has(std::string_view field) const { return (*this)[field] != Absent; }
  /// 0 without a value.
  std::uint64_t number(std::string_view field) const;
  const std::vector<Holder>& holders() const { return holders_; }
  /// Every field, on one line, for messages.
  std::string to_string() const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<Holder> holders_;
};

/// What `Listing::take()` leaves out: it asks name servers, reads every network namespace of the machine, or
/// takes a privilege of its own.
inline constexpr Needs Dear = Needs::HostNames | Needs::PeerOwners | Needs::ProxyTargets | Needs::BpfStorages;

/// Rows with every field but those.
class Listing {
 public:
  /// Lists these kinds. A failed listing fails the test case.
  static Listing take(Source source, std::vector<SocketKind> kinds);
  /// As `query` says, with every field.
  static Listing take(Query query);
  /// With the fields of the query alone.
  static Listing take_fields(const Query& query);

  const std::vector<SocketRow>& rows() const& { return rows_; }
  std::vector<SocketRow> rows() && { return std::move(rows_); }
  const Report& report() const { return report_; }
  /// The rows in which `field` has this plain value.
  std::vector<SocketRow> where(std::string_view field, std::string_view value) const;
  /// The one row in which `field` has this value; any other number of them fails the test case.
  SocketRow the_one(std::string_view field, std::string_view value) const;

 private:
  std::vector<SocketRow> rows_;
  Report report_;
};

/// Every kind of these families.
std::vector<SocketKind> kinds_of(std::initializer_list<Family> families);
/// One internet protocol over both versions of IP.
std::vector<SocketKind> kinds_of(Protocol protocol);

std::string_view name(Source source);

}  // namespace sockutils::test
