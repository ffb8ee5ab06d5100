#include "runtime/bundle/publish.h"

#include "runtime/bundle/delta.h"
#include "runtime/bundle/words.h"
#include "runtime/password/new_file.h"

#include <algorithm>
#include <filesystem>

namespace writ::bundle {

namespace {

namespace fs = std::filesystem;

Problem write_all(const std::string& path, std::span<const std::uint8_t> bytes) {
  password::NewFile file;
  for (const auto& wrong : {file.create(path), file.write(bytes), file.commit()})
    if (!wrong.empty()) return {Reason::unreadable, wrong};
  return {};
}

// Bundles of the channel that lie there, the latest first.
std::vector<std::pair<fs::path, std::shared_ptr<const Bundle>>> older_ones(const std::string& folder,
                                                                           const Bundle& bundle) {
  std::vector<std::pair<fs::path, std::shared_ptr<const Bundle>>> found;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    if (at->path().extension() != ".writb") continue;
    Problem problem;
    auto one = Bundle::open(at->path().string(), problem);
    if (one && one->manifest().channel == bundle.manifest().channel &&
        one->manifest().version < bundle.manifest().version)
      found.emplace_back(at->path(), std::move(one));
  }
  std::ranges::sort(found, std::greater<>(), [](const auto& one) { return one.second->manifest().version; });
  return found;
}

}  // namespace

Problem publish(const std::string& folder, const std::shared_ptr<const Bundle>& bundle, std::size_t deltas,
                const SignText& sign, Latest& made) {
  const auto& manifest = bundle->manifest();
  std::error_code ignored;  // writing says what is wrong
  fs::create_directories(folder, ignored);
  const auto place = [&](const std::string& name) { return (fs::path(folder) / name).string(); };
  const auto latest = place(manifest.channel + ".latest");
  if (std::error_code failed; fs::exists(latest, failed)) {
    std::string text;
    Latest before;
    if (auto problem = read_text(latest, text)) return problem;
    if (auto problem = read_latest(text, before)) return {problem.reason, "`" + latest + "`: " + problem.detail};
    if (before.version > manifest.version || (before.version == manifest.version && before.root != bundle->root()))
      return {Reason::lower_version, "version " + std::to_string(before.version) + " is there already, and this is " +
                                         std::to_string(manifest.version)};
  }
  made = {manifest.channel, manifest.version, bundle->root(), {to_hex(bundle->root()) + ".writb", 0}, {}, {}};
  made.bundle.size = bundle->bytes().size();
  if (auto problem = write_file(place(made.bundle.name), bundle->body(), bundle->signatures())) return problem;
  const auto older = older_ones(folder, *bundle);
  for (std::size_t i = 0; i < std::min({older.size(), deltas, max_steps}); ++i) {
    const auto& base = older[i].second;
    const auto delta = make_delta(*base, *bundle);
    if (delta.size() >= made.bundle.size / 2) continue;  // then it is sooner fetched whole
    const Latest::Step step{
        base->root(),
        {to_hex(std::span(base->root()).first(8)) + "-" + to_hex(std::span(bundle->root()).first(8)) + ".writd",
         delta.size()}};
    if (auto problem =
            write_all(place(step.delta.name), {reinterpret_cast<const std::uint8_t*>(delta.data()), delta.size()}))
      return problem;
    made.steps.push_back(step);
  }
  if (auto problem = sign(made.message(), made.signatures)) return problem;
  const auto text = to_text(made);
  if (auto problem = write_all(latest, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}))
    return problem;
  std::error_code failed;
  for (std::size_t i = deltas; i < older.size(); ++i) fs::remove(older[i].first, failed);
  return {};
}

}  // namespace writ::bundle
