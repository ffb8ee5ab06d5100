// Both formats of the deploy tool into the same sections.
#include "compiler/import/auth0.h"
#include "compiler/import/source_file.h"
#include "compiler/load/files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

#include <fmt/format.h>

namespace writ::importing {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 500'000;
constexpr std::size_t longest_path = 1'024, most_program = 256u << 10;

// How a folder export names the sections: every `*.json` of the folder is one thing, or every `database.json` below it.
struct Place {
  std::string_view folder, section;
  std::string_view file = {};  // the one name that counts
};
constexpr std::array places = {
    Place{"clients", "clients"},
    Place{"connections", "connections"},
    Place{"database-connections", "databases", "database.json"},
    Place{"organizations", "organizations"},
    Place{"attack-protection", "attackProtection"},
    Place{"guardian", "guardianPolicies", "policies.json"},
    Place{"guardian/factors", "guardianFactors"},
    Place{"network-acls", "networkACLs"},
    Place{"custom-domains", "customDomains"},
    Place{"rules", "rules"},
    Place{"hooks", "hooks"},
    Place{"actions", "actions"},
    Place{"triggers", "triggers"},
    Place{"branding", "branding", "branding.json"},
};

struct Reading {
  const Keywords& keywords;
  Report& report;
  Auth0Export made{};
  std::size_t files = 0;

  bool fail(std::string problem) {
    if (made.problem.empty()) made.problem = std::move(problem);
    return false;
  }

  // A file's value; nothing when it could not be read, which is the problem of the whole import.
  std::optional<Value> read(const fs::path& path, const Streaming* streaming = nullptr) {
    if (++files > most_files) return fail(fmt::format("more than {} files", most_files)), std::nullopt;
    const Filling filling{keywords, report.unresolved};
    auto file = read_source(path.string(), &filling, streaming);
    if (!file.problem.empty()) return fail(std::move(file.problem)), std::nullopt;
    return std::move(file.value);
  }

  // The program of a rule, hook or action lies in a file of its own, of which the export has the path. Only files of the export
  // are read, whatever the path says.
  void fetch_program(Value& thing, const char* field, const fs::path& beside, const fs::path& root) {
    if (!thing.is_object() || !thing.contains(field) || !thing[field].is_string()) return;
    const auto given = thing[field].get<std::string>();
    if (!given.ends_with(".js") || given.find('\n') != given.npos || given.size() > longest_path) return;
    std::vector<fs::path> tries = {beside / given, root / given};
    for (auto rest = fs::path(given); rest.has_parent_path();) {
      rest = rest.lexically_relative(*rest.begin());
      tries.push_back(root / rest);
    }
    std::error_code failed;
    const auto inside = fs::weakly_canonical(root, failed).string() + "/";
    for (const auto& path : tries) {
      const auto real = fs::weakly_canonical(path, failed);
      if (failed || !real.string().starts_with(inside) || !fs::is_regular_file(real, failed)) continue;
      const auto content = load_detail::Disk().read({real.string(), real.string(), {}, false}, most_program);
      if (content.problem) continue;
      thing[field] = replace_keywords(content.text, Syntax::json, keywords, report.unresolved);
      return;
    }
  }
  void fetch_programs(std::string_view section, Value& thing, const fs::path& beside, const fs::path& root) {
    if (section == "rules" || section == "hooks") fetch_program(thing, "script", beside, root);
    if (section == "actions") fetch_program(thing, "code", beside, root);
  }

  void add(std::string_view section, Value value, std::string origin) {
    if (section == "organizations") return add_organization({std::move(value), std::move(origin)}, made, report);
    made.sections[std::string(section)].push_back({std::move(value), std::move(origin)});
  }

  // tenant.yaml, or JSON with its keys.
  void whole(const fs::path& path) {
    const auto shown = path.filename().string();
    made.origin = shown;
    const Streaming streaming{[](std::string_view key) { return key == "organizations"; },
                              [&](std::string_view) { made.organizations.clear(); },
                              [&](std::size_t place, Value&& entry) {
                                add_organization({std::move(entry), fmt::format("{}, organizations[{}]", shown, place)},
                                                 made, report);
                              }};
    auto value = read(path, &streaming);
    if (!value) return;
    if (!value->is_object()) {
      fail(fmt::format("`{}` holds no sections: it should begin like `clients:`", path.string()));
      return;
    }
    for (auto& [section, content] : value->items()) {
      if (content.is_array()) {
        for (std::size_t i = 0; i < content.size(); ++i) {
          fetch_programs(section, content[i], path.parent_path(), path.parent_path());
          add(section, std::move(content[i]), fmt::format("{}, {}[{}]", shown, section, i));
        }
      } else if (!content.is_null()) {
        add(section, std::move(content), fmt::format("{}, {}", shown, section));
      }
    }
  }

  std::vector<fs::path> json_below(const fs::path& folder, bool deep) {
    std::vector<fs::path> found;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end && found.size() <= most_files;
         at.increment(failed)) {
      if (at->is_directory(failed) && deep)
        for (const auto& one : json_below(at->path(), false)) found.push_back(one);
      else if (at->path().extension() == ".json")
        found.push_back(at->path());
    }
    std::ranges::sort(found);
    return found;
  }

  void folder(const fs::path& root) {
    made.origin = root.filename().empty() ? root.parent_path().filename().string() : root.filename().string();
    const auto take = [&](const fs::path& path, std::string_view section) {
      const auto shown = path.lexically_relative(root).generic_string();
      auto value = read(path);
      if (!value) return;
      fetch_programs(section, *value, path.parent_path(), root);
      if (!value->is_array()) return add(section, std::move(*value), shown);
      for (std::size_t i = 0; i < value->size(); ++i)
        add(section, std::move((*value)[i]), fmt::format("{}[{}]", shown, i));
    };
    std::error_code failed;
    if (fs::exists(root / "tenant.json", failed)) take(root / "tenant.json", "tenant");
    for (const auto& place : places)
      for (const auto& path : json_below(root / place.folder, place.file == "database.json"))
        if (place.file.empty() || path.filename() == place.file) take(path, place.section);
    // Attack protection is one section of several files; in a folder each file is one of its keys.
    if (const auto found = made.sections.find("attackProtection"); found != made.sections.end()) {
      Value joined = Value::object();
      for (auto& thing : found->second) joined[key_of(thing.origin)] = std::move(thing.value);
      found->second = {{std::move(joined), "attack-protection"}};
    }
    for (fs::directory_iterator at(root, failed), end; !failed && at != end; at.increment(failed))
      if (at->is_directory(failed) && std::ranges::none_of(places, [&](const Place& place) {
            return place.folder.substr(0, place.folder.find('/')) == at->path().filename().string();
          }))
        report.unread.insert(at->path().filename().string());
  }

  // attack-protection/brute-force-protection.json is bruteForceProtection.
  static std::string key_of(const std::string& origin) {
    std::string key;
    bool capital = false;
    for (const char c : fs::path(origin).stem().string()) {
      if (c == '-') {
        capital = true;
        continue;
      }
      key += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      capital = false;
    }
    return key;
  }
};

}  // namespace

const std::vector<Auth0Thing>& Auth0Export::section(std::string_view name) const {
  static const std::vector<Auth0Thing> none;
  const auto found = sections.find(name);
  return found == sections.end() ? none : found->second;
}

Auth0Export read_auth0(const std::string& path, const Keywords& keywords, Report& report) {
  Reading reading{keywords, report};
  std::error_code failed;
  const fs::path given(path);
  if (!fs::exists(given, failed)) {
    reading.fail(fmt::format("there is no `{}`", path));
  } else if (!fs::is_directory(given, failed)) {
    reading.whole(given);
  } else if (fs::exists(given / "tenant.yaml", failed) || fs::exists(given / "tenant.yml", failed)) {
    reading.whole(fs::exists(given / "tenant.yaml", failed) ? given / "tenant.yaml" : given / "tenant.yml");
  } else {
    reading.folder(given);
    if (reading.made.problem.empty() && reading.made.sections.empty() && reading.made.organizations.empty())
      reading.fail(fmt::format("`{}` holds no export: neither tenant.yaml nor folders such as clients/", path));
  }
  if (!reading.made.problem.empty()) reading.made.sections.clear();
  return std::move(reading.made);
}

}  // namespace writ::importing
