// Files and folders that are followed.
#include "tests/unit/watch/world.h"

using namespace writ;
using namespace writ::watched;

namespace {

WatchOptions watching(const std::string& source) {
  WatchOptions options;
  options.source = source;
  options.opening = opening();
  return options;
}

}  // namespace

TEST_CASE("a file that is replaced is served at once, and one that is refused leaves what served") {
  support::Folder folder;
  const auto path = folder("all.writb");
  Engine engine;
  auto options = watching(path);
  std::vector<std::string> refused;
  std::mutex telling;
  options.report = [&](const Activation& done, const std::string&) {
    const std::lock_guard lock(telling);
    if (!done.ok()) refused.emplace_back(name_of(done.problem.reason));
  };
  Watcher watcher(engine, options);
  CHECK(watcher.look() == "`" + path + "` cannot be read: No such file or directory");
  CHECK(fault(engine, "t1") == Fault::not_ready);
  watcher.start();
  CHECK(soon([&] { return watcher.status().looked >= 2; }));
  write(path, version_bytes(1));
  CHECK(soon([&] { return engine.metrics().version == 1; }));
  write(path, version_bytes(2));
  CHECK(soon([&] { return engine.metrics().version == 2; }));
  CHECK(allows(engine, "t1", "v2.example"));
  write(path, version_bytes(1));
  CHECK(soon([&] { return watcher.status().refused == 1; }));
  auto cut = version_bytes(3);
  cut.resize(cut.size() / 2);
  write(path, cut);
  CHECK(soon([&] { return watcher.status().refused == 2; }));
  CHECK(allows(engine, "t1", "v2.example"));
  write(path, version_bytes(3));
  CHECK(soon([&] { return engine.metrics().version == 3; }));
  const std::lock_guard lock(telling);
  CHECK(refused == std::vector<std::string>{"lower_version", "truncated"});
}

TEST_CASE("of a folder the latest that may serve is taken, and deltas are laid over it") {
  support::Folder folder;
  write(folder("a.writb"), version_bytes(1));
  write(folder("b.writb"), version_bytes(3));
  write(folder("c.writb"), bytes_of(tenants(3, 4), manifest(4), {&key(1)}));  // of somebody else
  folder.write("notes.txt", "not a bundle");
  Engine engine;
  Watcher watcher(engine, watching(folder.path().string()));
  CHECK(watcher.look() == "");
  CHECK(engine.metrics().version == 3);
  CHECK(watcher.status().refused == 1);
  CHECK(watcher.look() == "");
  CHECK(watcher.status().refused == 1);  // the same again is not tried again
  watcher.start();
  CHECK(soon([&] { return watcher.status().looked >= 3; }));
  const auto three = open(version_bytes(3)), five = open(version_bytes(5)), six = open(version_bytes(6));
  const auto last = make_delta(*five, *six), first = make_delta(*three, *five);
  write(folder("z.writd"), last);
  CHECK(soon([&] { return watcher.status().looked >= 4; }));
  CHECK(engine.metrics().version == 3);
  write(folder("y.writd"), first);
  CHECK(soon([&] { return engine.metrics().version == 6; }));
  CHECK(allows(engine, "t2", "v6.example"));
}

TEST_CASE("a folder that goes and comes again is followed again") {
  support::Folder folder;
  const auto inside = folder("policies");
  std::filesystem::create_directory(inside);
  write(inside + "/all.writb", version_bytes(1));
  Engine engine;
  auto options = watching(inside);
  options.poll = std::chrono::milliseconds(20);
  options.longest = std::chrono::milliseconds(40);
  Watcher watcher(engine, options);
  watcher.start();
  CHECK(soon([&] { return engine.metrics().version == 1; }));
  std::filesystem::rename(inside, folder("away"));
  CHECK(soon([&] { return !watcher.status().last_problem.empty(); }));
  CHECK(allows(engine, "t1", "v1.example"));
  std::filesystem::create_directory(inside);
  write(inside + "/all.writb", version_bytes(2));
  CHECK(soon([&] { return engine.metrics().version == 2; }));
  CHECK(soon([&] { return watcher.status().failures == 0; }));
}

TEST_CASE("which version is the latest is read as it was written, by keys that speak for all") {
  support::Folder folder;
  const auto made = published(folder.path().string(), version_bytes(1));
  Latest read;
  REQUIRE(!read_latest(to_text(made), read));
  CHECK(to_text(read) == to_text(made));
  CHECK(!judge(read, trust({0})));
  CHECK(judge(read, trust({1})).reason == bundle::Reason::untrusted_key);
  CHECK(judge(read, trust({0, 1}, 2)).reason == bundle::Reason::too_few_signatures);
  auto scoped = trust({0});
  scoped.keys[0].tenants = {"t1"};
  CHECK(judge(read, scoped).reason == bundle::Reason::untrusted_key);
  auto elsewhere = trust({0});
  elsewhere.channel = "staging";
  CHECK(judge(read, elsewhere).reason == bundle::Reason::wrong_channel);
  auto other = read;
  other.version = 2;
  CHECK(judge(other, trust({0})).reason == bundle::Reason::bad_signature);
  const auto text = to_text(made);
  for (std::size_t size = 0; size + 1 < text.size(); ++size)
    REQUIRE((read_latest(text.substr(0, size), read) || judge(read, trust({0}))));
  for (const char* name : {"../x", ".x", "a/b", "", "a b"}) {
    other = made;
    other.bundle.name = name;
    CHECK(read_latest(to_text(other), read).reason == bundle::Reason::malformed);
  }
  // an older one does not take the place of a newer
  Latest again;
  CHECK(!publish(folder.path().string(), open(version_bytes(2)), 4, [](auto, auto&) { return Problem{}; }, again));
  CHECK(again.steps.size() == 1);
  CHECK(publish(
            folder.path().string(), open(version_bytes(1)), 4, [](auto, auto&) { return Problem{}; }, again)
            .reason == bundle::Reason::lower_version);
}
