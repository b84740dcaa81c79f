/// Values as JSON, written with RapidJSON.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace tools {

/// Appends rows and warnings as objects on one line.
class JsonAppender {
 public:
  explicit JsonAppender(std::string& out) : out_(out), writer_(buffer_) {}

  void row(std::span<const sockutils::Field* const> fields, sockutils::Values values);
  void warning(const sockutils::Warning& warning);

  /// An object piece by piece: `begin()`, members and objects in it, and an `end()` for each, which appends
  /// what there is by then.
  void begin();
  void begin(std::string_view name);
  void end();
  /// A list of objects as a member: each begins with `begin_element()` and has its `end()`.
  void begin_list(std::string_view name);
  void begin_element() { writer_.StartObject(); }
  void end_list() { writer_.EndArray(); }
  void member(std::string_view name, std::string_view value);
  void member(std::string_view name, std::uint64_t value);
  void member(std::string_view name, const std::vector<std::string>& values);
  /// Numbers that may be negative, or have fractions.
  void signed_member(std::string_view name, std::int64_t value);
  void real_member(std::string_view name, double value);
  void flag(std::string_view name, bool value);

 private:
  class Visitor;

  void key(std::string_view name);
  /// Valid UTF-8 in any case, and nothing in it that acts on a terminal.
  void text(std::string_view text);
  void value(const sockutils::Value& value, sockutils::Type type);
  void owner(const sockutils::Owner& owner);
  template <class T>
  void member(std::string_view name, const std::optional<T>& value,
              sockutils::Type type = sockutils::Type::Count);

  std::string& out_;
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
  std::string utf8_;
  std::string escaped_;
};

}  // namespace tools
