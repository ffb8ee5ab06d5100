// See diff.h. Tenant by tenant, by wire id. What was found for one tenant is tried for the next ones: where a template or the platform changed,
// the same request shows it in all of them, and one that was searched through stands for those of its shapes.
#include "compiler/diff/diff.h"

#include "compiler/check/wording.h"
#include "compiler/diff/passwords.h"
#include "compiler/diff/search.h"
#include "compiler/diff/translate.h"

#include <algorithm>
#include <set>

namespace writ::diff {

namespace {

using program::Part;

constexpr std::size_t most_known = 32;  // requests that are tried for the next tenant
constexpr std::size_t most_of_direction = 4;
constexpr std::size_t least_tries = 200;  // for each tenant, however many there are

// Both sides' shapes: tenants with equal keys differ in constants only.
std::string key_of(const Part* before, const Part* after) {
  std::string key;
  for (const auto* part : {before, after}) {
    key += part == nullptr ? '0' : '1';
    if (part == nullptr) continue;
    for (const auto& program : part->programs) {
      const auto one = program::key_of(*program.shape);
      key.append(reinterpret_cast<const char*>(one.data()), one.size());
    }
  }
  return key;
}

class Differ {
 public:
  Differ(const Sides& sides, const Options& options) : sides_(sides), options_(options) {}

  std::vector<TenantDiff> run(const std::function<void()>& step) {
    std::set<std::string> ids;
    for (const auto* engine : {&sides_.before, &sides_.after})
      for (auto& id : engine->tenants()) ids.insert(std::move(id));
    std::vector<TenantDiff> all;
    for (const auto& id : ids) {
      if (auto one = in_words(id)) all.push_back(std::move(*one));
      step();
    }
    const auto deciding =
        std::max<std::size_t>(1, static_cast<std::size_t>(std::ranges::count(all, false, &TenantDiff::same_decisions)));
    share_ = std::clamp(options_.all_tries / deciding, std::min(least_tries, options_.tries), options_.tries);
    for (auto& one : all) {
      if (!one.same_decisions) in_decisions(one);
      step();
    }
    return all;
  }

 private:
  std::optional<TenantDiff> in_words(const std::string& id) const {
    const auto before = sides_.before.part(id), after = sides_.after.part(id);
    TenantDiff made;
    made.id = id;
    made.name = (after ? after : before)->name;
    made.title = (after ? after : before)->title;
    made.state = !before ? TenantDiff::State::added : !after ? TenantDiff::State::removed : TenantDiff::State::changed;
    made.same_decisions = before && after && before->hash == after->hash;
    made.changes = changes_in_words(before.get(), after.get());
    if (made.same_decisions && made.changes.empty()) return std::nullopt;
    return made;
  }

  void in_decisions(TenantDiff& tenant) {
    const auto before = sides_.before.part(tenant.id), after = sides_.after.part(tenant.id);
    Asker asker(sides_, before, after);
    const auto& part = after ? after : before;
    std::vector<NamedRequest> known;
    for (const auto& one : known_) known.push_back(translated(one.request, *one.part, *part));
    // Of tenants of the same shapes one was searched through; for the others what was found there is tried, and a little more.
    const bool fresh = searched_.insert(key_of(before.get(), after.get())).second;
    const auto most = fresh ? share_ : std::min(share_, known.size() + least_tries);
    for (const auto& find : telling(search(asker, known, most))) {
      const bool is_known = std::ranges::find(known, find.request) != known.end();
      const auto request = is_known ? find.request : simplest(asker, find);
      if (!is_known && known_.size() < most_known) known_.push_back({request, part});
      tenant.witnesses.push_back(witness(asker, request, find.direction));
    }
    tenant.tries = asker.tries();
    if (before && after)
      tenant.passwords = password_witnesses(sides_, *before, *after, options_.password_tries, tenant.password_tries);
  }

  // Of each direction the finds with the fewest causes, as long as each has a cause that those before it have not.
  static Finds telling(Finds finds) {
    std::ranges::stable_sort(finds, {}, [](const Find& one) {
      return std::pair(std::ranges::find(directions, one.direction) - directions.begin(), one.causes.size());
    });
    Finds chosen;
    Asker::Causes told;
    std::size_t of_direction = 0;
    for (auto& find : finds) {
      if (chosen.empty() || chosen.back().direction != find.direction) told.clear(), of_direction = 0;
      const bool tells = of_direction == 0 || !std::ranges::includes(told, find.causes);
      if (!tells || of_direction == most_of_direction) continue;
      told.insert(find.causes.begin(), find.causes.end());
      ++of_direction;
      chosen.push_back(std::move(find));
    }
    return chosen;
  }

  static Witness witness(Asker& asker, const NamedRequest& request, const Direction& direction) {
    Witness made;
    made.direction = direction;
    made.request = request;
    std::tie(made.before, made.after) = asker.explain(request);
    const auto plain = baseline_of(asker.before().get(), asker.after().get(), request);
    std::set<std::string> names;
    for (const auto* one : {&request, &plain})
      for (const auto& [name, value] : one->facts)
        if (flip::value_in(request, name) != flip::value_in(plain, name)) names.insert(name);
    for (const auto& name : names) {
      flip::Change change{name, {}, {}, flip::value_in(plain, name), flip::value_in(request, name)};
      about(change, asker.after() ? *asker.after() : *asker.before());
      if (asker.before() && asker.after()) about(change, *asker.before());
      made.facts.push_back(std::move(change));
    }
    return made;
  }

  static void about(flip::Change& change, const Part& part) {
    if (const auto id = find_builtin(change.fact)) {
      const auto& one = builtin_facts[index(*id)];
      change.type = one.type;
      change.words.assign(one.values.begin(), one.values.end());
      return;
    }
    for (const auto& one : part.attributes)
      if (one.name == change.fact) change.type = one.type, change.words = one.values;
  }

  const Sides& sides_;
  const Options& options_;
  std::size_t share_ = 0;
  struct Known {
    NamedRequest request;
    std::shared_ptr<const Part> part;
  };
  std::vector<Known> known_;
  std::set<std::string> searched_;
};

template <class Records>
std::string name_of(const Records& records, const std::string& id) {
  const auto place = flip::place_of(records, id);
  return check::name_text(place < 0 ? id : records[static_cast<std::size_t>(place)].name);
}

}  // namespace

std::vector<TenantDiff> differences(const Sides& sides, const Options& options, const std::function<void()>& step) {
  return Differ(sides, options).run(step);
}

std::string request_line(const program::Part& part, const Witness& witness) {
  const auto& request = witness.request;
  const auto client = name_of(part.clients, request.client);
  std::string text(action_names[static_cast<std::size_t>(request.action)]);
  text += " to " + check::name_text(part.name) + "." + client;
  if (request.organization) text += " in " + name_of(part.organizations, *request.organization);
  if (request.connection) text += " via " + name_of(part.connections, *request.connection);
  std::string facts;
  for (const auto& change : witness.facts) facts += (facts.empty() ? " " : "; ") + change.text();
  return facts.empty() ? text : text + " {" + facts + " }";
}

}  // namespace writ::diff
