#include "compiler/build/build.h"

#include "compiler/build/piece.h"
#include "compiler/build/samples.h"
#include "compiler/build/texts.h"
#include "compiler/check/bodies.h"
#include "compiler/load/apart.h"
#include "compiler/load/forget.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/in_parallel.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace writ {

namespace {

using build::Piece;
using build::Texts;
using bundle::Bundle;
using bundle::ClaimKind;
using bundle::Digest;
using bundle::Writer;
using load_detail::Apart;

// What the older bundle has already, by the tenant's name.
struct Known {
  std::map<std::string, std::size_t> kept;  // the places of those that did not change
  std::map<std::string, Piece> pieces;      // those of which only organizations did
};

class Build {
 public:
  Build(const std::string& path, const BuildOptions& options)
      : path_(path), options_(options), apart_(load_detail::take_apart(path, disk_, options.limits)) {
    if (apart_.whole) return;
    tenants_ = build::texts_of(apart_);
  }

  Built run() {
    auto built = build();
    if (built.ok() && !apart_.whole) {
      const auto samples = samples_of(path_, disk_, apart_, options_.limits, built.not_asked);
      built.questions = samples.size();
      built.builder->ask(samples);
    }
    return built;
  }

 private:
  Built build() {
    if (options_.known && !apart_.whole) {
      auto known = known_parts();
      find_pieces(known);
      if (!known.pieces.empty())
        if (auto built = attempt(known)) return std::move(*built);
      known.pieces.clear();
      if (!known.kept.empty())
        if (auto built = attempt(known)) return std::move(*built);
    }
    return std::move(*attempt({}));
  }

  Known known_parts() const {
    std::map<Digest, std::size_t> places;
    for (std::size_t i = 0; i < options_.known->size(); ++i) places.emplace(options_.known->row(i).sources, i);
    Known known;
    for (const auto& [name, text] : tenants_)
      if (const auto found = places.find(text.digest); found != places.end()) known.kept.emplace(name, found->second);
    return known;
  }

  // Tenants that are the same but for organizations that are told apart.
  void find_pieces(Known& known) const {
    std::map<Digest, const Texts::value_type*> wanted;
    for (const auto& text : tenants_)
      if (!text.second.organizations.empty() && !known.kept.contains(text.first))
        wanted.emplace(text.second.rest, &text);
    if (wanted.empty()) return;
    std::set<std::size_t> kept;
    for (const auto& [name, place] : known.kept) kept.insert(place);
    for (std::size_t i = 0; i < options_.known->size(); ++i) {
      bundle::Origin origin;
      if (kept.contains(i) || options_.known->origin(i, origin) || origin.organizations.empty()) continue;
      const auto found = wanted.find(origin.rest);
      if (found == wanted.end()) continue;
      const auto& [name, text] = *found->second;
      if (auto piece = piece_of(i, origin, text)) known.pieces.emplace(name, std::move(*piece));
    }
  }

  std::optional<Piece> piece_of(std::size_t place, const bundle::Origin& origin, const build::Text& text) const {
    Piece piece;
    if (options_.known->part(place, piece.older)) return std::nullopt;
    auto& changed = piece.organizations;
    for (const auto& [name, digest] : text.organizations) changed.insert(changed.end(), name);
    for (std::size_t i = 0; i < origin.organizations.size(); ++i) {
      const auto& name = piece.older.organizations[i].name;
      const auto found = text.organizations.find(name);
      if (found != text.organizations.end() && found->second == origin.organizations[i])
        changed.erase(name);
      else if (found == text.organizations.end() && origin.organizations[i] != bundle::OrganizationDigest{})
        piece.gone.insert(name);
    }
    changed.insert(text.mentioned.begin(), text.mentioned.end());
    // Of half of them, all is sooner compiled.
    if (changed.size() > text.organizations.size() / 2) return std::nullopt;
    return piece;
  }

  // Nothing: with what is known it cannot be said what a whole build would say.
  std::optional<Built> attempt(const Known& known) {
    const auto& kept = known.kept;
    load_detail::Wanted wanted;
    for (const auto& [name, text] : tenants_)
      if (!kept.contains(name)) wanted.tenants.insert(name);
    for (const auto& [name, piece] : known.pieces) wanted.organizations.emplace(name, piece.organizations);
    const bool whole = kept.empty() && known.pieces.empty();
    Built built;
    built.loaded = load_detail::load_from(disk_, {&path_, 1},
                                          apart_.whole ? load_detail::as_it_is(std::move(apart_))
                                                       : load_detail::prepare_in_order(apart_, wanted),
                                          options_.limits, Imports::follow);
    auto& loaded = built.loaded;
    if (!loaded.diagnostics.has_errors()) built.interface = interface_of(loaded);
    if (!whole && built.interface != options_.known->manifest().interface) return std::nullopt;
    built.builder = std::make_unique<bundle::Builder>();
    model::Policy policy;
    if (!loaded.diagnostics.has_errors()) policy = compile(loaded, known.pieces, built);
    if (loaded.diagnostics.has_errors()) return whole ? std::optional(std::move(built)) : std::nullopt;
    if (unmade_) return unmade_ = false, std::nullopt;
    if (!fit_beside(policy, kept)) return std::nullopt;
    if (!keep(kept, *built.builder)) return std::nullopt;
    built.not_kept = std::move(not_kept_);
    built.pieced = known.pieces.size();
    for (const auto& [name, piece] : known.pieces) built.organizations += piece.organizations.size();
    built.compiled = policy.tenants.size() - built.pieced;
    built.kept = kept.size();
    return built;
  }

  bool keep(const std::map<std::string, std::size_t>& kept, bundle::Builder& builder) {
    std::vector<std::size_t> places;
    for (const auto& [name, place] : kept) places.push_back(place);
    std::mutex telling;
    bool good = true;
    in_parallel(places.size(), [&](std::size_t i, std::size_t) {
      auto problem = builder.keep(options_.known, places[i]);
      if (!problem) return;
      const std::lock_guard lock(telling);
      not_kept_ = std::move(problem);
      good = false;
    });
    return good;
  }

  // Everything outside of tenants and examples, in the order in which it is read, on its lines; and by which compiler.
  Digest interface_of(const Loaded& loaded) const {
    if (apart_.whole) return {};
    std::map<std::string_view, std::size_t> files;
    for (std::size_t i = 0; i < apart_.found.size(); ++i) files.emplace(apart_.found[i].name, i);
    Writer all;
    all(bundle::this_engine(), bundle::vocabulary());
    for (const auto* tree : loaded.order) {
      const std::string& name = loaded.sources.name(tree->file);
      const auto found = files.find(name);
      const auto rest = found == files.end() ? std::string() : load_detail::rest_in_place(apart_, found->second);
      if (!rest.empty()) all(name, rest);
    }
    return bundle::digest_of(all.take());
  }

  // That nobody new has the id, the host or the issuer of one that is kept.
  bool fit_beside(const model::Policy& policy, const std::map<std::string, std::size_t>& kept) const {
    if (kept.empty()) return true;
    if (kept.size() + policy.tenants.size() > options_.limits.tenants) return false;
    std::set<std::size_t> places;
    for (const auto& [name, place] : kept) places.insert(place);
    const auto is_kept = [&](std::optional<std::size_t> place) { return place && places.contains(*place); };
    const auto& known = *options_.known;
    return places.size() == kept.size() && std::ranges::none_of(policy.tenants, [&](const model::Tenant& tenant) {
             const auto& part = tenant.structure;
             const auto claimed = [&](ClaimKind kind, const auto& names) {
               return std::ranges::any_of(names, [&](const auto& name) { return is_kept(known.find(kind, name)); });
             };
             return is_kept(known.find(part.id)) || claimed(ClaimKind::host, part.hosts) ||
                    claimed(ClaimKind::issuer, part.issuers);
           });
  }

  // Checks, and lowers what is checked as it comes, some on all cores at a time: of a large set neither trees nor models are kept.
  model::Policy compile(Loaded& loaded, const std::map<std::string, Piece>& pieces, Built& built) {
    const std::size_t at_a_time = 64 * threads_for(SIZE_MAX);
    std::vector<model::Tenant> waiting;
    std::size_t done = 0;
    const auto lower_waiting = [&] {
      in_parallel(waiting.size(), [&](std::size_t i, std::size_t) {
        const auto piece = pieces.find(waiting[i].structure.name);
        lower(waiting[i], loaded.sources, piece == pieces.end() ? nullptr : &piece->second, *built.builder);
      });
      done += waiting.size();
      waiting.clear();
      if (options_.progress) options_.progress(done, tenants_.size());
    };
    auto policy = check_policy(loaded.order, loaded.sources, options_.limits, loaded.diagnostics,
                               {.body = [&](Span declaration) { forget_body(loaded, declaration); },
                                .bodies = [&](FileId file) { forget_bodies(loaded, file); },
                                .tenant =
                                    [&](model::Tenant& tenant, bool sound) {
                                      auto structure = tenant.structure;
                                      if (sound) waiting.push_back(std::move(tenant));
                                      forget_meaning(tenant);
                                      tenant.structure = std::move(structure);
                                      if (waiting.size() >= at_a_time) lower_waiting();
                                    }});
    lower_waiting();
    return policy;
  }

  void lower(const model::Tenant& tenant, const SourceSet& sources, const Piece* piece, bundle::Builder& builder) {
    const auto& name = tenant.structure.name;
    const auto text = tenants_.find(name);
    std::optional part = lower_tenant(tenant, sources);
    if (piece != nullptr) part = build::whole_of(*piece, *part);
    if (!part || part->organizations.size() > options_.limits.organizations_per_tenant)
      unmade_ = true;
    else if (text == tenants_.end())
      builder.add(*part);
    else
      builder.add(*part, build::origin_of(text->second, *part), text->second.digest);
  }

  const load_detail::Disk disk_;
  const std::string& path_;
  const BuildOptions& options_;
  Apart apart_;
  Texts tenants_;
  bundle::Problem not_kept_;
  std::atomic<bool> unmade_ = false;  // a part could not be put together from its pieces
};

}  // namespace

Built build_policy(const std::string& path, const BuildOptions& options) { return Build(path, options).run(); }

}  // namespace writ
