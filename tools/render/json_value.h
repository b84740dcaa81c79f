/// Writes values as JSON, with RapidJSON.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sockutils/error.h"
#include "sockutils/field.h"
#include "sockutils/value.h"

namespace tools {

/// Appends rows and warnings as single-line objects.
class JsonAppender {
 public:
  /// `fields` are the fields of the rows.
  JsonAppender(std::string& out, std::span<const sockutils::Field* const> fields);

  void row(sockutils::Values values);
  /// A row as the only member of an object: `{"summary": {...}}`.
  void row_in(std::string_view name, sockutils::Values values);
  void warning(const sockutils::Warning& warning);

  /// Fields of lists (`hops[].ttl`) keep the object open for further rows, each of which adds an element. An
  /// open object has not been appended yet.
  bool is_open() const { return is_open_; }
  /// Appends the open object. Returns false when there is none.
  bool close();

 private:
  class Visitor;

  /// A member of an object: a value, an object, or a list of objects to which each row adds one.
  struct Member {
    std::string_view name;
    std::optional<std::size_t> column = {};
    sockutils::Type type = {};
    bool is_list = false;
    std::vector<Member> members = {};
  };

  static void add_member(std::vector<Member>& members, const sockutils::Field& field, std::string_view path,
                         std::size_t column);
  static bool is_there(const Member& member, sockutils::Values values);
  void write_members(const std::vector<Member>& members, sockutils::Values values);
  void write_object(const std::vector<Member>& members, sockutils::Values values);
  void write_element(sockutils::Values values);
  void append_written();

  void key(std::string_view name);
  /// Always valid UTF-8, without anything that could control a terminal.
  void text(std::string_view text);
  void value(const sockutils::Value& value, sockutils::Type type);
  void owner(const sockutils::Owner& owner);
  template <class T>
  void member(std::string_view name, const std::optional<T>& value,
              sockutils::Type type = sockutils::Type::Count);

  std::string& out_;
  std::vector<Member> members_;
  /// The list member, which is written last.
  std::optional<Member> list_;
  bool is_open_ = false;
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
  std::string utf8_;
  std::string escaped_;
};

}  // namespace tools
