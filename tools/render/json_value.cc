#include "render/json_value.h"

#include <algorithm>

#include "sockutils/value.h"

namespace tools {

using sockutils::Value;

namespace {

rapidjson::SizeType size_of(std::string_view text) { return static_cast<rapidjson::SizeType>(text.size()); }

/// Most texts contain only such characters.
bool stands_for_itself(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

/// Writes a JSON string in pure ASCII.
std::string ascii_literal(std::string_view utf8) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>> writer(buffer);
  writer.String(utf8.data(), size_of(utf8));
  std::string literal(buffer.GetString(), buffer.GetSize());
  // The only control character that JSON does not require to be escaped.
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
  void operator()(double value) const {
    std::string digits;
    append_value(digits, value, type_, sockutils::Style::Plain);
    json_.writer_.RawValue(digits.data(), digits.size(), rapidjson::kNumberType);
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
  /// An owner without a value keeps its position, so that the lists of several fields correspond.
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

JsonAppender::JsonAppender(std::string& out, std::span<const sockutils::Field* const> fields)
    : out_(out), writer_(buffer_) {
  for (std::size_t i = 0; i < fields.size(); ++i)
    add_member(members_, *fields[i], fields[i]->json.empty() ? fields[i]->name : fields[i]->json, i);
  const auto list = std::find_if(members_.begin(), members_.end(), [](const Member& m) { return m.is_list; });
  if (list == members_.end()) return;
  list_ = std::move(*list);
  members_.erase(list);
}

/// `a.b` is the member `b` of the object `a`.
void JsonAppender::add_member(std::vector<Member>& members, const sockutils::Field& field,
                              std::string_view path, std::size_t column) {
  constexpr std::string_view ListMark = "[]";
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) {
    members.push_back({.name = path, .column = column, .type = field.type});
    return;
  }
  std::string_view name = path.substr(0, dot);
  const bool is_list = name.ends_with(ListMark);
  if (is_list) name.remove_suffix(ListMark.size());
  auto object = std::find_if(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
  if (object == members.end()) object = members.insert(members.end(), {.name = name, .is_list = is_list});
  add_member(object->members, field, path.substr(dot + 1), column);
}

bool JsonAppender::is_there(const Member& member, sockutils::Values values) {
  if (member.column) return values[*member.column].has_value();
  return std::any_of(member.members.begin(), member.members.end(),
                     [&](const Member& inner) { return is_there(inner, values); });
}

void JsonAppender::write_members(const std::vector<Member>& members, sockutils::Values values) {
  for (const Member& member : members) {
    if (!is_there(member, values)) continue;
    key(member.name);
    member.column ? value(*values[*member.column], member.type) : write_object(member.members, values);
  }
}

void JsonAppender::write_object(const std::vector<Member>& members, sockutils::Values values) {
  writer_.StartObject();
  write_members(members, values);
  writer_.EndObject();
}

void JsonAppender::write_element(sockutils::Values values) {
  if (is_there(*list_, values)) write_object(list_->members, values);
}

void JsonAppender::append_written() {
  out_.append(buffer_.GetString(), buffer_.GetSize());
  buffer_.Clear();
  writer_.Reset(buffer_);
}

void JsonAppender::row(sockutils::Values values) {
  if (is_open_) return write_element(values);
  if (!list_) {
    write_object(members_, values);
    return append_written();
  }
  writer_.StartObject();
  write_members(members_, values);
  key(list_->name);
  writer_.StartArray();
  write_element(values);
  is_open_ = true;
}

void JsonAppender::row_in(std::string_view name, sockutils::Values values) {
  writer_.StartObject();
  key(name);
  write_object(members_, values);
  writer_.EndObject();
  append_written();
}

bool JsonAppender::close() {
  if (!is_open_) return false;
  writer_.EndArray();
  writer_.EndObject();
  append_written();
  is_open_ = false;
  return true;
}

void JsonAppender::warning(const sockutils::Warning& warning) {
  writer_.StartObject();
  key("kind");
  text(name(warning.kind));
  key("message");
  text(warning.message);
  if (!warning.remedy.empty()) {
    key("remedy");
    text(warning.remedy);
  }
  writer_.EndObject();
  append_written();
}

}  // namespace tools
