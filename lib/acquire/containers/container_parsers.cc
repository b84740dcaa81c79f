#include <rapidjson/document.h>

#include <array>

#include "acquire/containers/container_files.h"

namespace sockutils {
namespace {

using Json = rapidjson::Value;

/// Without recursion: a file of brackets alone must not end the program.
Parsed<rapidjson::Document> parse_json(std::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (!document.HasParseError()) return document;
  return tl::unexpected("not JSON after " + std::to_string(document.GetErrorOffset()) + " bytes");
}

const Json* member(const Json* object, const char* name) {
  if (object == nullptr || !object->IsObject()) return nullptr;
  const auto found = object->FindMember(name);
  return found != object->MemberEnd() ? &found->value : nullptr;
}

std::string text_of(const Json* value) {
  return value != nullptr && value->IsString() ? std::string(value->GetString(), value->GetStringLength())
                                               : std::string();
}

std::string pod_name(const std::string& space, const std::string& name) {
  if (name.empty()) return {};
  return space.empty() ? name : space + '/' + name;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// What Kubernetes has its runtimes call a container: `k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT`.
ContainerFacts facts_from_name(std::string name) {
  constexpr std::size_t Container = 1;
  constexpr std::size_t Pod = 2;
  constexpr std::size_t Space = 3;
  if (name.starts_with('/')) name.erase(0, 1);
  const auto parts = split(name, '_');
  if (parts.size() <= Space || parts.front() != "k8s") return {std::move(name), {}};
  return {std::string(parts[Container]), pod_name(std::string(parts[Space]), std::string(parts[Pod]))};
}

struct AnnotationNames {
  const char* container;
  const char* pod;
  const char* space;
};

constexpr std::array<AnnotationNames, 3> Annotations{{
    {"io.kubernetes.cri.container-name", "io.kubernetes.cri.sandbox-name",
     "io.kubernetes.cri.sandbox-namespace"},
    {"io.kubernetes.container.name", "io.kubernetes.pod.name", "io.kubernetes.pod.namespace"},
    {"nerdctl/name", nullptr, nullptr},
}};

ContainerFacts facts_from_annotations(const Json* annotations) {
  ContainerFacts facts;
  for (const AnnotationNames& names : Annotations) {
    if (facts.name.empty()) facts.name = text_of(member(annotations, names.container));
    if (names.pod == nullptr || !facts.pod.empty()) continue;
    facts.pod = pod_name(text_of(member(annotations, names.space)), text_of(member(annotations, names.pod)));
  }
  // The container that holds a pod's namespaces has no name of its own.
  const std::string kind = text_of(member(annotations, "io.kubernetes.cri.container-type"));
  if (facts.name.empty() && kind == "sandbox") facts.name = "pause";
  return facts;
}

}  // namespace

Parsed<ContainerFacts> parse_docker_config(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected(document.error());
  const std::string name = text_of(member(&*document, "Name"));
  if (name.empty()) return tl::unexpected<std::string>("no \"Name\" in it");
  return facts_from_name(name);
}

Parsed<std::unordered_map<std::string, ContainerFacts>> parse_storage_list(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected(document.error());
  if (!document->IsArray()) return tl::unexpected<std::string>("not a list");
  std::unordered_map<std::string, ContainerFacts> facts;
  for (const Json& entry : document->GetArray()) {
    const std::string id = text_of(member(&entry, "id"));
    const Json* const names = member(&entry, "names");
    if (id.empty() || names == nullptr || !names->IsArray() || names->Empty()) continue;
    facts.insert_or_assign(id, facts_from_name(text_of(&(*names)[0])));
  }
  return facts;
}

Parsed<ContainerFacts> parse_oci_config(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected(document.error());
  if (!document->IsObject()) return tl::unexpected<std::string>("not an object");
  return facts_from_annotations(member(&*document, "annotations"));
}

Parsed<std::string> parse_docker_root(std::string_view text) {
  const auto document = parse_json(text);
  if (!document) return tl::unexpected(document.error());
  return text_of(member(&*document, "data-root"));
}

bool is_virtual_machine(std::string_view text) {
  for (const std::string_view line : split(text, '\n'))
    if (line == "CLASS=vm") return true;
  return false;
}

}  // namespace sockutils
