// Requests as JSON: read without a crash, refused with a reason or read; what was read is written and read back equal; and the quick reader says what
// the careful one says.
#include "runtime/json/decision_json.h"
#include "runtime/json/request_reader.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/part_builder.h"

#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace writ;
  using fuzz::promise;
  static const std::vector<program::Attribute> attributes = [] {
    std::vector<program::Attribute> list;
    const auto add = [&](const char* name, TypeKind type) {
      program::Attribute attribute;
      attribute.name = name;
      attribute.type = type;
      attribute.optional = all_actions;
      if (type == TypeKind::enumeration) attribute.values = {"low", "medium", "high"};
      if (type == TypeKind::integer) attribute.low = 0, attribute.high = 100;
      list.push_back(std::move(attribute));
    };
    add("device.posture", TypeKind::enumeration);
    add("request.cooldown", TypeKind::duration);
    add("request.risk", TypeKind::integer);
    add("user.department", TypeKind::string);
    add("user.home", TypeKind::ip);
    add("user.tags", TypeKind::string_set);
    return list;
  }();
  const AttributesOf known = [](std::string_view tenant) {
    return tenant == "nobody" ? std::nullopt : std::optional(std::span<const program::Attribute>(attributes));
  };
  static const Engine& engine = *[] {
    PartBuilder acme("acme");
    acme.part.attributes = attributes;
    acme.connection("users", "database");
    acme.client("web", ClientType::web, {0});
    auto* const made = new Engine;
    promise(made->put({acme.build()}).empty(), "the tenant is not one", "");
    return made;
  }();
  static RequestReader reader(engine);
  static Request quick, careful;
  const auto text_given = fuzz::view(data, size);
  const auto problem = reader.read(text_given, quick);
  const auto same = read_request(
      text_given, [&](std::string_view tenant) { return tenant == "acme" ? known(tenant) : std::nullopt; });
  promise(problem == same.problem, "the readers differ: " + problem, same.problem);
  if (problem.empty()) {
    engine.bind(same.request, careful);
    const auto said = [](const Request& request) { return to_json(engine.explain(request, engine.decide(request))); };
    promise(said(quick) == said(careful), "the readers read differently: " + said(quick), said(careful));
  }
  const auto read = read_request(text_given, known);
  if (!read.ok() || read.request.tenant == "nobody") return 0;
  const auto text = to_json(read.request, attributes);
  const auto again = read_request(text, known);
  promise(again.ok(), "what was read is not read back: " + again.problem, text);
  promise(again.request == read.request, "what was read is read back as something else", text);
  return 0;
}
