// The schema (decision 0001, 6 and 7). An attribute of the top level is a fact that requests may carry to every tenant; one declared in a
// tenant is a fact of that tenant alone; `tenant.X` is no fact at all but a constant that each tenant sets.
#include "compiler/check/tenant.h"

#include <algorithm>

namespace writ::check {

namespace {

// The actions an attribute belongs to, by the first word of its path.
ActionMask actions_of_attribute(std::string_view first) {
  if (first == "user" || first == "session") return all_actions & static_cast<ActionMask>(~mask_of(Action::m2m));
  if (first == "token") return mask_of(Action::access);
  return all_actions;
}

bool is_property(std::string_view name) {
  return std::ranges::any_of(properties, [&](const Property& property) { return property.name == name; });
}

// The same words, one value less deep: `user.a.b` as `user.a_b`; of two words, `client.a`, as `request.client_a`.
std::string joined_with_underscore(std::span<const tree::Name> path) {
  std::string text = path.size() > 2 ? path.front().text + "." : "request." + path.front().text + "_";
  for (std::size_t i = 1; i < path.size(); ++i) text += (i > 1 ? "_" : "") + path[i].text;
  return text;
}

// The path alone.
Span name_span(const tree::AttributeDecl& declaration) {
  return {declaration.span.file, declaration.path.front().span.begin, declaration.path.back().span.end};
}

// An attribute whose range holds nothing is refused by the parser.
bool well_formed(Run& run, const tree::AttributeDecl& declaration, const std::string& name) {
  const tree::Type& type = declaration.type;
  const Span span = name_span(declaration);
  if (declaration.path.size() < 2) {
    run.diagnostics.add(Code::bad_attribute, span, "the attribute " + in_ticks(name) + " has one word, two are needed")
        .fix("of a user: `user." + name + "`", span, "user." + name)
        .fix("of a request: `request." + name + "`", span, "request." + name);
    return false;
  }
  if (find_builtin(name) || is_property(name)) {
    run.diagnostics.add(Code::builtin_name, span, in_ticks(name) + " is built in and cannot be declared")
        .hint("rules can use " + in_ticks(name) + " as it is: leave the declaration out");
    return false;
  }
  if (type.kind == TypeKind::cidr) {
    const Span where = type.span.known() ? type.span : span;
    run.diagnostics.add(Code::bad_attribute, where, "no attribute can be a block of addresses")
        .fix("an address is `ip`", where, "ip");
    return false;
  }
  bool good = true;
  Places seen;
  for (const auto& value : type.values)
    if (const auto [found, fresh] = seen.try_emplace(value.text, static_cast<std::uint32_t>(seen.size())); !fresh) {
      declared_twice(run, "value", value, type.values[found->second].span);
      good = false;
    }
  return good;
}

// A value that holds others, or stands in one: JSON has `user.a` as a value or as an object, never both. The fact of that
// kind that is known already, with its place where it has one.
struct Kin {
  std::string name;
  Span span;
};
std::optional<Kin> kin_of(const std::string& name,
                          std::initializer_list<const std::map<std::string, Span, std::less<>>*> known) {
  const auto above = [&](std::string_view other) {
    return name.size() > other.size() && name.starts_with(other) && name[other.size()] == '.';
  };
  const auto below = [&](std::string_view other) {
    return other.size() > name.size() && other.starts_with(name) && other[name.size()] == '.';
  };
  for (const auto& fact : builtin_facts)
    if (above(fact.name) || below(fact.name)) return Kin{std::string(fact.name), {}};
  if (above("action")) return Kin{"action", {}};  // no fact, and yet a value of every request
  for (const auto* names : known) {
    for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1))
      if (const auto found = names->find(std::string_view(name).substr(0, dot)); found != names->end())
        return Kin{found->first, found->second};
    const auto next = names->lower_bound(name + '.');
    if (next != names->end() && below(next->first)) return Kin{next->first, next->second};
  }
  return std::nullopt;
}

program::Attribute attribute_of(const tree::AttributeDecl& declaration, std::string name) {
  program::Attribute attribute;
  attribute.name = std::move(name);
  attribute.type = declaration.type.kind;
  const ActionMask actions = actions_of_attribute(declaration.path.front().text);
  (declaration.type.optional ? attribute.optional : attribute.required) = actions;
  if (declaration.type.low) attribute.low = *declaration.type.low;
  if (declaration.type.high) attribute.high = *declaration.type.high;
  for (const auto& value : declaration.type.values) attribute.values.push_back(value.text);
  return attribute;
}

}  // namespace

void read_attributes(Run& run, const tree::AttributesBlock& block,
                     const std::map<std::string, Span, std::less<>>& inherited,
                     std::vector<program::Attribute>& attributes, std::map<std::string, Span, std::less<>>& spans,
                     std::map<std::string, const tree::AttributeDecl*, std::less<>>* tenant_attributes) {
  for (const auto& declaration : block.list) {
    std::string name = joined(declaration.path);
    if (!well_formed(run, declaration, name)) continue;
    const tree::Name whole{name, declaration.span, false};
    if (declaration.path.front().text == "tenant") {
      if (tenant_attributes == nullptr) {
        run.diagnostics
            .add(Code::bad_attribute, name_span(declaration), in_ticks(name) + " is declared inside a tenant")
            .hint("attributes of tenants are declared at the top, for all of them; a tenant sets them: `" + name +
                  " = …`");
      } else if (const auto [found, fresh] = tenant_attributes->try_emplace(name, &declaration); !fresh) {
        declared_twice(run, "attribute", whole, found->second->span);
      }
      continue;
    }
    if (const auto above = inherited.find(name); above != inherited.end()) {
      declared_twice(run, "attribute", whole, above->second);
    } else if (const auto [found, fresh] = spans.try_emplace(name, declaration.span); !fresh) {
      declared_twice(run, "attribute", whole, found->second);
    } else if (const auto kin = kin_of(name, {&inherited, &spans})) {
      auto& diagnostic = run.diagnostics.add(Code::bad_attribute, name_span(declaration),
                                             in_ticks(name) + " and " + in_ticks(kin->name) + " cannot both be values");
      diagnostic.under("one would stand inside the other, and a request in JSON cannot say so");
      if (kin->span.known()) diagnostic.at(kin->span, in_ticks(kin->name) + " is declared here");
      const bool inside = name.size() > kin->name.size();
      diagnostic.hint(inside
                          ? "give it a path of its own, such as " + in_ticks(joined_with_underscore(declaration.path))
                          : "give one of the two another path");
    } else {
      attributes.push_back(attribute_of(declaration, std::move(name)));
      if (attributes.size() + inherited.size() == run.limits.attributes + 1)
        run.diagnostics
            .add(Code::too_many_things, name_span(declaration),
                 "more than " + std::to_string(run.limits.attributes) + " attributes")
            .hint("a set says many things with one attribute: `user.traits : set of string`");
    }
  }
}

// The tenant's own facts, after the platform's.
void declare_attributes(TenantCheck& tenant) {
  auto& part = tenant.result.structure;
  part.attributes = tenant.set.attributes;
  const auto own = static_cast<std::ptrdiff_t>(part.attributes.size());
  std::vector<program::Attribute> attributes;
  for (const auto& body : tenant.bodies)
    each<tree::AttributesBlock>(body, [&](const tree::AttributesBlock& block) {
      read_attributes(tenant.run, block, tenant.set.attribute_spans, attributes, tenant.attribute_spans, nullptr);
    });
  part.attributes.insert(part.attributes.end(), attributes.begin(), attributes.end());
  std::ranges::sort(part.attributes.begin() + own, part.attributes.end(), {}, &program::Attribute::name);
  tenant.scope->attributes = &part.attributes;
  if (!attributes.empty()) {
    tenant.attribute_spans.insert(tenant.set.attribute_spans.begin(), tenant.set.attribute_spans.end());
    tenant.scope->attribute_spans = &tenant.attribute_spans;
  }
}

std::string attribute_text(const TenantAttribute& attribute) {
  if (!attribute.value) return "absent";
  const auto in_quotes = [](const std::string& text) { return '"' + text + '"'; };
  const auto& value = *attribute.value;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* string = std::get_if<std::string>(&value)) return in_quotes(*string);
  if (const auto* ip = std::get_if<Ip>(&value)) return to_text(*ip);
  if (const auto* strings = std::get_if<std::vector<std::string>>(&value)) {
    std::string text;
    for (const auto& one : *strings) text += (text.empty() ? "" : ", ") + in_quotes(one);
    return "[" + text + "]";
  }
  const auto* number = std::get_if<std::int64_t>(&value);
  if (number == nullptr) return {};
  if (attribute.type->kind == TypeKind::time) return time_to_text(*number);
  if (attribute.type->kind == TypeKind::duration) return duration_to_text(*number);
  const auto& words = attribute.type->values;
  const auto place = static_cast<std::size_t>(*number);
  return attribute.type->kind == TypeKind::enumeration && place < words.size() ? words[place].text
                                                                               : std::to_string(*number);
}

// `tenant.tier = gold`: every attribute without `?` must be set, none twice.
void set_tenant_attributes(TenantCheck& tenant) {
  std::map<std::string, Span, std::less<>> set;
  for (const auto& [name, declaration] : tenant.set.tenant_attributes)
    tenant.attributes[name] = {&declaration->type, std::nullopt, declaration->span};
  for (const auto& body : tenant.bodies)
    each<tree::SettingAssign>(body, [&](const tree::SettingAssign& assign) {
      const std::string name = joined(assign.path);
      const auto declared = tenant.attributes.find(name);
      if (declared == tenant.attributes.end()) {
        std::vector<std::string_view> candidates;
        for (const auto& [known, attribute] : tenant.attributes) candidates.push_back(known);
        const Span span = assign.path.empty()
                              ? assign.span
                              : Span{assign.span.file, assign.path.front().span.begin, assign.path.back().span.end};
        auto& diagnostic = undeclared(tenant.run, Code::undeclared, "no attribute of tenants is named",
                                      {name, span, false}, candidates);
        if (diagnostic.help.empty() || diagnostic.help.front().edits.empty())
          diagnostic.hint("declare it at the top of a file: `attributes { " + name + " : string? }`");
        return;
      }
      if (const auto [first, fresh] = set.try_emplace(name, assign.span); !fresh) {
        given_twice(tenant.run, name, assign.span, first->second);
        return;
      }
      declared->second.value = constant_of(*body.scope, *body.tree, assign.value, *declared->second.type,
                                           tenant.run.sources, tenant.run.diagnostics);
    });
  for (auto& [name, attribute] : tenant.attributes) {
    if (attribute.value || attribute.type->optional) continue;
    if (!set.contains(name) && !tenant.placeholder)
      tenant.run.diagnostics
          .add(Code::attribute_not_set, tenant.source.tenant->name.span,
               "tenant " + in_ticks(tenant.name()) + " does not set " + in_ticks(name))
          .at(attribute.declared, "every tenant must set it")
          .hint("set it in the tenant: `" + name + " = " + example_of(*attribute.type) + "`")
          .hint("or declare it with `?`, so that a tenant may leave it out");
    attribute.value = any_value(*attribute.type);  // so that rules about it are not also wrong
  }
  for (const auto& [name, attribute] : tenant.attributes)
    if (attribute.value) tenant.result.attributes.emplace_back(name, attribute_text(attribute));
  tenant.scope->tenant_attributes = tenant.floor->tenant_attributes =
      &tenant.attributes;  // the floor's rules may ask, too
}

program::Constant any_value(const tree::Type& type) {
  switch (type.kind) {
  case TypeKind::boolean: return false;
  case TypeKind::string: return std::string{};
  case TypeKind::ip: return Ip{};
  case TypeKind::cidr: return std::vector<Cidr>{};
  case TypeKind::string_set: return std::vector<std::string>{};
  case TypeKind::integer: return type.low.value_or(0);
  case TypeKind::time:
  case TypeKind::duration:
  case TypeKind::enumeration:
  case TypeKind::tenant:
  case TypeKind::client:
  case TypeKind::connection:
  case TypeKind::organization: return std::int64_t{0};
  }
  return false;
}

}  // namespace writ::check
