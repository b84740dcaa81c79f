#include "render/json_value.h"

#include <algorithm>

#include "sockutils/value.h"

namespace tools {

using sockutils::Value;

namespace {

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

/// Most text is nothing else.
bool stands_for_itself(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

/// As a JSON string of ASCII alone.
std::string ascii_literal(std::string_view utf8) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>> writer(buffer);
  writer.String(utf8.data(), size_of(utf8));
  std::string literal(buffer.GetString(), buffer.GetSize());
  // The one control character that JSON lets stand.
  constexpr char Delete = '\x7f';
  for (std::size_t at = literal.find(Delete); at != std::string::npos; at = literal.find(Delete, at)) {
    literal.replace(at, 1, "\\u007f");
  }
  return literal;
}

}  // namespace

/// Writes each alternative of a value.
class JsonAppender::Visitor {
 public:
  Visitor(JsonAppender& json, sockutils::Type type) : json_(json), type_(type) {}

  void operator()(bool value) const { json_.writer_.Bool(value); }
  void operator()(std::uint64_t value) const {
    if (type_info(type_).plain_is_number) {
      json_.writer_.Uint64(value);
    } else {
      plain(value);
    }
  }
  void operator()(std::string_view value) const { json_.text(value); }
  void operator()(const sockutils::Address& value) const { plain(value); }
  void operator()(const sockutils::Endpoint& value) const { plain(value); }
  void operator()(sockutils::Family value) const { json_.text(name(value)); }
  void operator()(sockutils::Protocol value) const { json_.text(name(value)); }
  void operator()(sockutils::State value) const { json_.text(name(value)); }
  void operator()(std::span<const sockutils::Owner> owners) const {
    json_.writer_.StartArray();
    for (const sockutils::Owner& owner : owners) json_.owner(owner);
    json_.writer_.EndArray();
  }
  void operator()(const sockutils::TextList& list) const {
    json_.writer_.StartArray();
    for (const std::string_view element : list) json_.text(element);
    json_.writer_.EndArray();
  }
  /// An owner without a value keeps its place, so that the lists of several fields match.
  void operator()(const sockutils::PerOwner& list) const {
    json_.writer_.StartArray();
    for (const sockutils::Owner& owner : list.owners) {
      const sockutils::OptionalValue value = list.get(owner);
      value ? json_.value(*value, type_) : static_cast<void>(json_.writer_.Null());
    }
    json_.writer_.EndArray();
  }

 private:
  void plain(const Value& value) const {
    std::string text;
    append_value(text, value, type_, sockutils::Style::Plain);
    json_.text(text);
  }

  JsonAppender& json_;
  sockutils::Type type_;
};

void JsonAppender::key(std::string_view name) { writer_.Key(name.data(), size_of(name)); }

void JsonAppender::text(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), stands_for_itself)) {
    writer_.String(text.data(), size_of(text));
    return;
  }
  utf8_.clear();
  sockutils::append_utf8(utf8_, text);
  escaped_.clear();
  sockutils::append_escaped(escaped_, utf8_);
  if (escaped_ == utf8_) {
    writer_.String(utf8_.data(), size_of(utf8_));
  } else {
    const std::string literal = ascii_literal(utf8_);
    writer_.RawValue(literal.data(), literal.size(), rapidjson::kStringType);
  }
}

void JsonAppender::value(const Value& value, sockutils::Type type) {
  std::visit(Visitor(*this, type), value);
}

template <class T>
void JsonAppender::member(std::string_view name, const std::optional<T>& value, sockutils::Type type) {
  if (!value) return;
  key(name);
  if constexpr (std::is_same_v<T, std::string>) {
    text(*value);
  } else {
    this->value(static_cast<std::uint64_t>(*value), type);
  }
}

void JsonAppender::owner(const sockutils::Owner& owner) {
  const sockutils::Process& process = *owner.process;
  writer_.StartObject();
  key("pid");
  writer_.Int(process.pid);
  if (owner.tid != process.pid) {
    key("tid");
    writer_.Int(owner.tid);
  }
  key("fd");
  writer_.Int(owner.fd);
  member("name", process.name);
  member("start_time", process.start_time);
  member("uid", process.uid);
  member("user", process.user);
  member("command_line", process.command_line);
  member("executable", process.executable);
  member("parent_pid", process.parent_pid);
  member("started", process.started, sockutils::Type::Time);
  member("age", process.age);
  member("working_directory", process.working_directory);
  member("ancestry", process.ancestry);
  member("security_context", process.security_context);
  member("cgroup", process.cgroup);
  member("unit", process.unit);
  member("user_unit", process.user_unit);
  member("slice", process.slice);
  member("container", process.container);
  member("container_id", process.container_id);
  member("container_runtime", process.container_runtime);
  member("container_pod", process.container_pod);
  writer_.EndObject();
}

void JsonAppender::row(std::span<const sockutils::Field* const> fields, sockutils::Values values) {
  writer_.Reset(buffer_);
  writer_.StartObject();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!values[i]) continue;
    key(fields[i]->name);
    value(*values[i], fields[i]->type);
  }
  end();
}

void JsonAppender::begin() {
  writer_.Reset(buffer_);
  writer_.StartObject();
}

void JsonAppender::begin(std::string_view name) {
  key(name);
  writer_.StartObject();
}

void JsonAppender::end() {
  writer_.EndObject();
  out_.append(buffer_.GetString(), buffer_.GetSize());
  buffer_.Clear();
}

void JsonAppender::member(std::string_view name, std::string_view value) {
  key(name);
  text(value);
}

void JsonAppender::member(std::string_view name, std::uint64_t value) {
  key(name);
  writer_.Uint64(value);
}

void JsonAppender::member(std::string_view name, const std::vector<std::string>& values) {
  key(name);
  writer_.StartArray();
  for (const std::string& value : values) text(value);
  writer_.EndArray();
}

void JsonAppender::begin_list(std::string_view name) {
  key(name);
  writer_.StartArray();
}

void JsonAppender::signed_member(std::string_view name, std::int64_t value) {
  key(name);
  writer_.Int64(value);
}

void JsonAppender::real_member(std::string_view name, double value) {
  key(name);
  writer_.Double(value);
}

void JsonAppender::flag(std::string_view name, bool value) {
  key(name);
  writer_.Bool(value);
}

void JsonAppender::warning(const sockutils::Warning& warning) {
  writer_.Reset(buffer_);
  writer_.StartObject();
  key("kind");
  text(name(warning.kind));
  key("message");
  text(warning.message);
  if (!warning.remedy.empty()) {
    key("remedy");
    text(warning.remedy);
  }
  end();
}

}  // namespace tools
