#include "tests/agree/properties.h"

#include "compiler/lower/lower.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace writ::agree {

namespace {

struct Seen {
  Decision decision;
  Explanation explanation;
};

Seen ask(const Engine& engine, const NamedRequest& named) {
  Request request;
  engine.bind(named, request);
  const auto decision = engine.interpret(request);
  return {decision, engine.explain(request, decision)};
}

std::vector<std::string> ids(const std::vector<Reason>& reasons) {
  std::vector<std::string> list;
  for (const auto& reason : reasons) list.push_back(reason.id);
  return list;
}

bool alike(const Explanation& a, const Explanation& b) {
  return a.effect == b.effect && a.would_be == b.would_be && a.fault == b.fault && a.because == b.because && ids(a.reasons) == ids(b.reasons) &&
         ids(a.reports) == ids(b.reports) && a.obligations == b.obligations;
}

// ---------------------------------------------------------------- layout

template <class List>
void shuffle(List& list, Random& random) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.below(i)]);
}

void shuffle_items(std::vector<tree::Item>& items, Random& random) {
  shuffle(items, random);
  for (auto& item : items)
    std::visit(
        [&](auto& node) {
          if constexpr (requires { node.items; })
            if constexpr (std::is_same_v<std::decay_t<decltype(node.items)>, std::vector<tree::Item>>) shuffle_items(node.items, random);
        },
        item);
}

// The tree's declarations in another order, in two files.
std::vector<std::string> another_order(tree::Tree tree, Random& random) {
  shuffle(tree.declarations, random);
  for (auto& declaration : tree.declarations)
    std::visit(
        [&](auto& node) {
          if constexpr (requires { node.items; })
            if constexpr (std::is_same_v<std::decay_t<decltype(node.items)>, std::vector<tree::Item>>) shuffle_items(node.items, random);
        },
        declaration);
  auto rest = tree;
  const auto middle = static_cast<std::ptrdiff_t>(random.below(tree.declarations.size() + 1));
  tree.declarations.erase(tree.declarations.begin() + middle, tree.declarations.end());
  rest.declarations.erase(rest.declarations.begin(), rest.declarations.begin() + middle);
  return {format(tree), format(rest)};
}

std::string changed_by_layout(const std::string& what, const std::vector<std::string>& files, const Case& prepared, const std::vector<NamedRequest>& requests) {
  const auto other = prepare(files, nullptr);
  if (!other->problems.empty()) return what + " it does not check:\n" + other->problems + files[0];
  for (const auto& request : requests)
    if (!alike(ask(*prepared.engine, request).explanation, ask(*other->engine, request).explanation))
      return what + " it decides otherwise:\n" + to_text(request) + files[0] + (files.size() > 1 ? files[1] : "");
  return "";
}

// ---------------------------------------------------------------- text

std::string changed_by_printing(const Case& prepared) {
  for (const auto& tenant : prepared.engine->tenants())
    for (const auto& program : prepared.engine->part(tenant)->programs) {
      std::string error;
      const auto read = program::read_shape(program::print(*program.shape), error);
      if (!read || *read != *program.shape) return "a shape is not read back as it was printed: " + error + "\n" + program::print(*program.shape);
      if (program::Row::from_bytes(program.row.bytes()) != program.row) return "a row is not its bytes\n";
    }
  return "";
}

// ---------------------------------------------------------------- one more deny

int rank(Effect effect) { return effect == Effect::allow ? 2 : effect == Effect::challenge ? 1 : 0; }

std::string broken_by_a_deny(const World& world, const std::vector<NamedRequest>& requests) {
  const auto base = prepare({world.text}, nullptr), more = prepare({world.text, "writ 1\n" + world.extra}, nullptr);
  if (!more->problems.empty()) return "with one more deny it does not check:\n" + more->problems + world.extra;
  const auto changed = [&](const std::string& tenant) { return base->engine->part(tenant)->hash != more->engine->part(tenant)->hash; };
  std::vector<Seen> before;
  for (const auto& request : requests) {
    const auto one = ask(*base->engine, request), other = ask(*more->engine, request);
    const auto says = [&](const char* what) { return std::string("one more deny ") + what + ":\n" + to_text(request) + world.extra + world.text; };
    if (rank(other.explanation.effect) > rank(one.explanation.effect)) return says("lets somebody in");
    const bool theirs = base->engine->part(request.tenant) && changed(request.tenant);
    if (!theirs && std::memcmp(&one.decision, &other.decision, sizeof one.decision) != 0) return says("changes another tenant");
    before.push_back(other);
  }
  for (const auto& tenant : more->policy.tenants)
    if (changed(tenant.structure.id))
      if (const auto refused = base->engine->put({lower_tenant(tenant, more->sources)}); !refused.empty()) return "the tenant alone is refused: " + refused;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto after = ask(*base->engine, requests[i]);
    if (std::memcmp(&after.decision, &before[i].decision, sizeof after.decision) != 0)
      return "a tenant replaced alone decides otherwise than in the whole:\n" + to_text(requests[i]) + world.extra + world.text;
  }
  return "";
}

}  // namespace

std::string broken_property(const World& world, const Case& prepared, const std::vector<NamedRequest>& requests, Random& random) {
  if (auto wrong = changed_by_printing(prepared); !wrong.empty()) return wrong;
  const auto& tree = prepared.trees.front();
  if (auto wrong = changed_by_layout("formatted", {format(tree)}, prepared, requests); !wrong.empty()) return wrong;
  if (auto wrong = changed_by_layout("in another order", another_order(tree, random), prepared, requests); !wrong.empty()) return wrong;
  return broken_by_a_deny(world, requests);
}

}  // namespace writ::agree
