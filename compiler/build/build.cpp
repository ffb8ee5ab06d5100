#include "compiler/build/build.h"

#include "compiler/check/bodies.h"
#include "compiler/load/apart.h"
#include "compiler/load/forget.h"
#include "compiler/lower/lower.h"
#include "compiler/syntax/in_parallel.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace writ {

namespace {

using bundle::Bundle;
using bundle::ClaimKind;
using bundle::Digest;
using bundle::Source;
using bundle::Writer;
using load_detail::Apart;
using Kind = Outline::Kind;

// What one tenant is made from.
struct Text {
  Writer all;  // of its pieces: file, line, text
  std::vector<Source> sources;
  bool parted = false;  // in several pieces, whose order the imports decide
};
using Texts = std::map<std::string, Text>;

Digest digest_of(std::string_view text) { return bundle::digest_of(std::as_bytes(std::span(text))); }

Texts tenants_of(const Apart& apart) {
  Texts tenants;
  for (std::size_t i = 0; i < apart.found.size(); ++i) {
    const std::string& text = apart.texts[i];
    std::size_t line = 1, at = 0;
    for (const auto& piece : apart.outlines[i].pieces) {
      line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                  text.begin() + static_cast<std::ptrdiff_t>(piece.begin), '\n'));
      at = piece.begin;
      if (!load_detail::is_of_tenant(piece)) continue;
      auto& tenant = tenants[piece.name];
      const auto digest = digest_of(std::string_view(text).substr(piece.begin, piece.end - piece.begin));
      tenant.parted = !tenant.sources.empty();
      tenant.all(apart.found[i].name, std::uint64_t{line}, digest);
      tenant.sources.emplace_back(apart.found[i].name, digest);
    }
  }
  return tenants;
}

Digest imports_of(const Apart& apart) {
  Writer all;
  for (std::size_t i = 0; i < apart.found.size(); ++i)
    for (const auto& piece : apart.outlines[i].pieces)
      if (piece.kind == Kind::import) all(apart.found[i].name, piece.name);
  return bundle::digest_of(all.take());
}

std::map<std::string, Digest> digests_of(Texts& tenants, const Digest& imports) {
  std::map<std::string, Digest> digests;
  for (auto& [name, text] : tenants) {
    Writer all = text.all;
    all(name, text.parted ? imports : Digest{});
    digests.emplace(name, bundle::digest_of(all.take()));
  }
  return digests;
}

class Build {
 public:
  Build(const std::string& path, const BuildOptions& options)
      : path_(path), options_(options), apart_(load_detail::take_apart(path, disk_, options.limits)) {
    if (apart_.whole) return;
    tenants_ = tenants_of(apart_);
    digests_ = digests_of(tenants_, imports_of(apart_));
  }

  Built run() {
    if (options_.known && !apart_.whole) {
      const auto kept = kept_parts();
      if (!kept.empty())
        if (auto built = attempt(kept)) return std::move(*built);
    }
    return std::move(*attempt({}));
  }

 private:
  // By name, the places of those in the older bundle whose text is the same.
  std::map<std::string, std::size_t> kept_parts() const {
    std::map<Digest, std::size_t> known;
    for (std::size_t i = 0; i < options_.known->size(); ++i) known.emplace(options_.known->row(i).sources, i);
    std::map<std::string, std::size_t> kept;
    for (const auto& [name, digest] : digests_)
      if (const auto found = known.find(digest); found != known.end()) kept.emplace(name, found->second);
    return kept;
  }

  // Nothing: with these kept it cannot be said what a whole build would say.
  std::optional<Built> attempt(const std::map<std::string, std::size_t>& kept) {
    std::set<std::string> wanted;
    for (const auto& [name, text] : tenants_)
      if (!kept.contains(name)) wanted.insert(name);
    Built built;
    built.loaded = load_detail::load_from(disk_, {&path_, 1},
                                          apart_.whole ? load_detail::as_it_is(std::move(apart_))
                                                       : load_detail::prepare_in_order(apart_, wanted),
                                          options_.limits, Imports::follow);
    auto& loaded = built.loaded;
    if (!loaded.diagnostics.has_errors()) built.interface = interface_of(loaded);
    if (!kept.empty() && built.interface != options_.known->manifest().interface) return std::nullopt;
    built.builder = std::make_unique<bundle::Builder>();
    model::Policy policy;
    if (!loaded.diagnostics.has_errors()) policy = compile(loaded, *built.builder);
    if (loaded.diagnostics.has_errors()) return kept.empty() ? std::optional(std::move(built)) : std::nullopt;
    if (!fit_beside(policy, kept)) return std::nullopt;
    if (!keep(kept, *built.builder)) return std::nullopt;
    built.not_kept = std::move(not_kept_);
    built.compiled = policy.tenants.size();
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
  model::Policy compile(Loaded& loaded, bundle::Builder& builder) {
    const std::size_t at_a_time = 64 * threads_for(SIZE_MAX);
    std::vector<model::Tenant> waiting;
    std::size_t done = 0;
    const auto lower_waiting = [&] {
      in_parallel(waiting.size(), [&](std::size_t i, std::size_t) { lower(waiting[i], loaded.sources, builder); });
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

  void lower(const model::Tenant& tenant, const SourceSet& sources, bundle::Builder& builder) const {
    const auto& name = tenant.structure.name;
    const auto text = tenants_.find(name);
    const auto digest = digests_.find(name);
    builder.add(lower_tenant(tenant, sources), text == tenants_.end() ? std::vector<Source>{} : text->second.sources,
                digest == digests_.end() ? Digest{} : digest->second);
  }

  const load_detail::Disk disk_;
  const std::string& path_;
  const BuildOptions& options_;
  Apart apart_;
  Texts tenants_;
  std::map<std::string, Digest> digests_;
  bundle::Problem not_kept_;
};

}  // namespace

Built build_policy(const std::string& path, const BuildOptions& options) { return Build(path, options).run(); }

}  // namespace writ
