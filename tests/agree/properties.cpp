// See properties.h. All by the interpreter: that machine code does the same is another comparison.
#include "tests/agree/properties.h"

#include "compiler/lower/lower.h"
#include "compiler/syntax/compare.h"
#include "compiler/syntax/syntax.h"
#include "tests/agree/random.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace writ::agree {

namespace {

using Files = std::vector<std::string>;
using Requests = std::vector<NamedRequest>;

Decision decide(const Engine& engine, const NamedRequest& named) {
  thread_local Request request;
  engine.bind(named, request);
  return engine.interpret(request);
}

Explanation explain(const Engine& engine, const NamedRequest& named) {
  thread_local Request request;
  engine.bind(named, request);
  return engine.explain(request, engine.interpret(request));
}

bool same_bytes(const Decision& a, const Decision& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> list;
  for (const auto& reason : reasons) list.push_back(reason.id);
  return list;
}

bool alike(const Explanation& a, const Explanation& b) {
  return a.effect == b.effect && a.would_be == b.would_be && a.fault == b.fault && a.because == b.because &&
         ids(a.reasons) == ids(b.reasons) && ids(a.reports) == ids(b.reports) && a.obligations == b.obligations &&
         a.session.idle == b.session.idle && a.session.absolute == b.session.absolute;
}

std::string joined(const Files& files) {
  std::string text;
  for (const auto& file : files) text += "\n" + file;
  return text;
}

std::string decides_otherwise(const std::string& name, const Files& files, const Case& prepared,
                              const Requests& requests) {
  const auto other = prepare(files, nullptr);
  if (!other->problems.empty()) return name + ": it does not check\n" + other->problems + joined(files);
  for (const auto& request : requests)
    if (!alike(explain(*prepared.engine, request), explain(*other->engine, request)))
      return name + ": it decides otherwise\n" + to_text(request) + joined(files);
  return "";
}

// ---------------------------------------------------------------- format

std::string broken_by_format(const Case& prepared, const Requests& requests) {
  Files files;
  for (const auto& tree : prepared.trees) {
    files.push_back(format(tree));
    SourceSet sources;
    Diagnostics diagnostics;
    const auto again = parse(sources, sources.add("formatted.writ", files.back()), Limits{}, diagnostics);
    if (diagnostics.has_errors()) return "format: it does not parse\n" + files.back();
    if (!same_meaning(tree, again)) return "format: it says something else\n" + files.back();
    if (format(again) != files.back()) return "format: it is not formatted\n" + files.back();
  }
  return decides_otherwise("format", files, prepared, requests);
}

// ---------------------------------------------------------------- order

template <class Node>
constexpr bool has_items = false;
template <class Node>
  requires requires(Node node) { node.items; }
constexpr bool has_items<Node> =
    std::is_same_v<std::decay_t<decltype(std::declval<Node>().items)>, std::vector<tree::Item>>;

void shuffle_items(std::vector<tree::Item>& items, Random& random) {
  random.shuffle(items);
  for (auto& item : items)
    std::visit(
        [&](auto& node) {
          if constexpr (has_items<std::decay_t<decltype(node)>>) shuffle_items(node.items, random);
        },
        item);
}

// Some of a tenant's own rules said from elsewhere.
std::vector<tree::Declaration> moved_rules(tree::Tree& tree, Random& random) {
  std::vector<tree::Declaration> moved;
  for (auto& declaration : tree.declarations) {
    auto* tenant = std::get_if<tree::TenantDecl>(&declaration);
    if (tenant == nullptr || !random.chance(50)) continue;
    tree::ExtendTenantDecl extend{tenant->name, {}, {}};
    std::erase_if(tenant->items, [&](const tree::Item& item) {
      if (!std::holds_alternative<tree::Rule>(item) || !random.chance(50)) return false;
      extend.items.push_back(item);
      return true;
    });
    if (!extend.items.empty()) moved.emplace_back(std::move(extend));
  }
  return moved;
}

Files in_another_order(const Case& prepared, Random& random) {
  Files files;
  for (tree::Tree tree : prepared.trees) {
    tree.comments.clear();
    std::erase_if(tree.declarations, [](const auto& one) { return std::holds_alternative<tree::ImportDecl>(one); });
    std::ranges::move(moved_rules(tree, random), std::back_inserter(tree.declarations));
    random.shuffle(tree.declarations);
    for (auto& declaration : tree.declarations)
      std::visit(
          [&](auto& node) {
            if constexpr (has_items<std::decay_t<decltype(node)>>) shuffle_items(node.items, random);
          },
          declaration);
    auto rest = tree;
    const auto middle = static_cast<std::ptrdiff_t>(random.below(tree.declarations.size() + 1));
    tree.declarations.erase(tree.declarations.begin() + middle, tree.declarations.end());
    rest.declarations.erase(rest.declarations.begin(), rest.declarations.begin() + middle);
    files.push_back(format(tree));
    files.push_back(format(rest));
  }
  random.shuffle(files);
  return files;
}

// ---------------------------------------------------------------- reread

std::string broken_by_rereading(const Case& prepared, const Requests& requests) {
  Engine other(nullptr, Tier::interpret);
  std::vector<program::Part> parts;
  for (const auto& name : prepared.engine->tenants()) {
    program::Part part = *prepared.engine->part(name);
    for (auto& program : part.programs) {
      std::string error;
      auto shape = program::read_shape(program::print(*program.shape), error);
      if (!shape || *shape != *program.shape)
        return "reread: a shape is not what was printed: " + error + "\n" + program::print(*program.shape);
      program.shape = std::make_shared<const program::Shape>(std::move(*shape));
      program.row = program::Row::from_bytes(program.row.bytes());
    }
    parts.push_back(std::move(part));
  }
  if (const auto refused = other.put(std::move(parts)); !refused.empty()) return "reread: it is refused: " + refused;
  for (const auto& request : requests)
    if (!same_bytes(decide(*prepared.engine, request), decide(other, request)))
      return "reread: it decides otherwise\n" + to_text(request);
  return "";
}

// ---------------------------------------------------------------- one more deny, and one tenant alone

int rank(Effect effect) { return effect == Effect::allow ? 2 : effect == Effect::challenge ? 1 : 0; }

// Leaves `base` with the deny in it.
std::string broken_by_a_deny(Case& base, const Files& files, const std::string& deny, const Requests& requests) {
  Files with = files;
  with.push_back("writ 1\n" + deny);
  const auto more = prepare(with, nullptr);
  if (!more->problems.empty()) return "deny: with one more it does not check\n" + more->problems + deny;
  const auto changed = [&](const std::string& tenant) {
    return base.engine->part(tenant)->hash != more->engine->part(tenant)->hash;
  };
  std::vector<Decision> wanted;
  for (const auto& request : requests) {
    const auto one = decide(*base.engine, request), other = decide(*more->engine, request);
    if (rank(other.effect) > rank(one.effect)) return "deny: it lets somebody in\n" + to_text(request) + deny;
    const bool theirs = base.engine->part(request.tenant) && changed(request.tenant);
    if (!theirs && !same_bytes(one, other)) return "deny: it changes another tenant\n" + to_text(request) + deny;
    wanted.push_back(other);
  }
  for (const auto& tenant : more->policy.tenants)
    if (changed(tenant.structure.id))
      if (const auto refused = base.engine->put({lower_tenant(tenant, more->sources)}); !refused.empty())
        return "alone: it is refused: " + refused;
  for (std::size_t i = 0; i < requests.size(); ++i)
    if (!same_bytes(decide(*base.engine, requests[i]), wanted[i]))
      return "alone: it decides otherwise than in the whole\n" + to_text(requests[i]) + deny;
  return "";
}

// ---------------------------------------------------------------- served

std::string broken_service(const Case& prepared, const Requests& requests) {
  const Engine empty(nullptr, Tier::interpret);
  std::string wrong;
  const auto all = [&](const Engine& engine, Fault fault) {
    thread_local Request request;
    for (const auto& named : requests) {
      engine.bind(named, request);
      for (const auto& decision : {engine.interpret(request), engine.decide(request), engine.attempt(request)})
        if (decision.fault != fault || decision.effect != Effect::deny || decision.would_be != Effect::deny ||
            decision.because != Because::fault)
          wrong = std::string("served: it is not ") + std::string(fault_names[static_cast<std::size_t>(fault)]) + "\n" +
                  to_text(named);
      if (!engine.trace(request).empty() ||
          engine.connections(named.tenant, named.client, named.organization, std::nullopt).fault != fault)
        wrong = std::string("served: it traces or offers\n") + to_text(named);
    }
  };
  all(empty, Fault::not_ready);
  prepared.engine->set_stale(true);
  all(*prepared.engine, Fault::stale);
  prepared.engine->set_stale(false);
  return wrong;
}

}  // namespace

std::string broken_property(const Files& files, const Files& denies, const Requests& requests, std::uint64_t seed) {
  Random random(seed);
  const auto prepared = prepare(files, nullptr);
  if (!prepared->problems.empty()) return "check: it does not check\n" + prepared->problems;
  if (auto wrong = broken_by_format(*prepared, requests); !wrong.empty()) return wrong;
  if (auto wrong = decides_otherwise("order", in_another_order(*prepared, random), *prepared, requests); !wrong.empty())
    return wrong;
  if (auto wrong = broken_by_rereading(*prepared, requests); !wrong.empty()) return wrong;
  if (auto wrong = broken_service(*prepared, requests); !wrong.empty()) return wrong;
  return denies.empty() ? "" : broken_by_a_deny(*prepared, files, random.pick(denies), requests);
}

}  // namespace writ::agree
