// Addresses that are followed, with a web server that these tests start and end. Where there is no nginx they say so.
#include "tests/unit/watch/world.h"

using namespace writ;
using namespace writ::watched;

namespace {

bool without_server() {
  if (!nginx().empty()) return false;
  WARN("skipped: there is no nginx here (Debian: nginx-light)");
  return true;
}

struct Place {
  support::Folder folder;
  WatchOptions options(const std::string& url) const {
    WatchOptions made;
    made.source = url;
    made.cache = folder("cache");
    made.opening = opening();
    made.opening.state = folder("seen");
    made.plain_http = true;
    made.poll = std::chrono::milliseconds(20);
    made.longest = std::chrono::milliseconds(80);
    return made;
  }
  std::size_t bundles() const {
    std::size_t count = 0;
    for (const auto& one : std::filesystem::directory_iterator(folder("cache")))
      count += one.path().extension() == ".writb" ? 1 : 0;
    return count;
  }
};

// Many tenants, of which one is of a later version: so that a delta is less than the whole.
Bytes many(std::uint64_t version) {
  auto parts = tenants(40, 1);
  parts[3] = tenant(3, version);
  return bytes_of(parts, manifest(version), {&key(0)});
}

}  // namespace

TEST_CASE("an address is followed: fetched once, by deltas where there are, asked for with its ETag") {
  if (without_server()) return;
  Server server;
  published(server.to_publish(), many(1));
  Place place;
  Engine engine;
  Watcher watcher(engine, place.options(server.url()));
  REQUIRE(watcher.look() == "");
  CHECK(allows(engine, "t3", "v1.example"));
  const auto whole = watcher.status().fetched;
  CHECK(whole == many(1).size());
  CHECK(watcher.look() == "");
  CHECK(watcher.status().unchanged == 1);
  CHECK(server.logs(" 304 "));
  const auto latest = published(server.to_publish(), many(2));
  REQUIRE(latest.steps.size() == 1);
  REQUIRE(watcher.look() == "");
  CHECK(allows(engine, "t3", "v2.example"));
  CHECK(watcher.status().fetched == whole + latest.steps[0].delta.size);
  CHECK(place.bundles() == 1);
  // by itself
  watcher.start();
  published(server.to_publish(), many(3));
  CHECK(soon([&] { return engine.metrics().version == 3; }));
  CHECK(soon([&] { return watcher.status().unchanged > 3; }));
}

TEST_CASE("what was broken off goes on, and what is there is not fetched again") {
  if (without_server()) return;
  Server server;
  const auto bytes = many(1);
  const auto latest = published(server.to_publish(), bytes);
  Place place;
  std::filesystem::create_directories(place.folder("cache"));
  const auto part = place.folder("cache/." + to_hex(latest.root) + ".part");
  write(part, {bytes.begin(), bytes.begin() + 5'000});
  {
    Engine engine;
    Watcher watcher(engine, place.options(server.url()));
    REQUIRE(watcher.look() == "");
    CHECK(engine.metrics().version == 1);
    CHECK(watcher.status().fetched == bytes.size() - 5'000);
    CHECK(server.logs(" 206 "));
  }
  // a beginning that is of something else is thrown away
  Place other;
  std::filesystem::create_directories(other.folder("cache"));
  write(other.folder("cache/." + to_hex(latest.root) + ".part"), Bytes(5'000, std::byte{7}));
  Engine engine;
  Watcher watcher(engine, other.options(server.url()));
  CHECK(watcher.look().find("is not the bundle that it should be") != std::string::npos);
  CHECK(watcher.look() == "");
  CHECK(engine.metrics().version == 1);
}

TEST_CASE("a server that goes away leaves what serves; it is asked less often, and again when it comes") {
  if (without_server()) return;
  Server server;
  published(server.to_publish(), many(1));
  Place place;
  Engine engine;
  Watcher watcher(engine, place.options(server.url()));
  watcher.start();
  REQUIRE(soon([&] { return engine.metrics().version == 1; }));
  server.end();
  REQUIRE(soon([&] { return watcher.status().failures >= 3; }));
  CHECK(watcher.status().last_problem.find("cannot be fetched") != std::string::npos);
  CHECK(allows(engine, "t3", "v1.example"));
  published(server.to_publish(), many(2));
  server.start();
  CHECK(soon([&] { return engine.metrics().version == 2; }));
  // started again without a network: what served is in the cache
  server.end();
  Engine later;
  Watcher without(later, place.options(server.url()));
  CHECK(without.look() != "");
  CHECK(later.metrics().version == 2);
}

TEST_CASE("what a server gives out is believed no more than a file") {
  if (without_server()) return;
  Server server;
  published(server.to_publish(), many(5));
  Place place;
  Engine engine;
  Watcher watcher(engine, place.options(server.url()));
  REQUIRE(watcher.look() == "");
  const auto is_still_there = [&] { return engine.metrics().version == 5 && allows(engine, "t3", "v5.example"); };
  const auto give = [&](const std::string& name, const std::string& text) {
    server.folder.write("public/" + name + ".new", text);
    std::filesystem::rename(server.folder("public/" + name + ".new"), server.folder("public/" + name));
  };
  give("production.latest", "<html>not found</html>");
  CHECK(watcher.look().find("malformed") != std::string::npos);
  // signed by nobody who is trusted
  auto latest = published(server.folder("elsewhere"), many(6));
  latest.signatures = {key(1).sign(latest.message()).value()};
  give("production.latest", to_text(latest));
  CHECK(watcher.look().find("untrusted_key") != std::string::npos);
  // an older one, signed
  published(server.folder("older"), many(4));
  for (const auto& one : std::filesystem::directory_iterator(server.folder("older")))
    std::filesystem::copy(one, server.to_publish(), std::filesystem::copy_options::overwrite_existing);
  CHECK(watcher.look() == "");
  CHECK(watcher.status().refused == 1);
  const auto fetched = watcher.status().fetched;
  CHECK(watcher.look() == "");
  CHECK(watcher.status().fetched == fetched);  // what was refused is not fetched again
  // what is named is not there, or is something else
  latest = published(server.folder("more"), many(6));
  give("production.latest", to_text(latest));
  CHECK(watcher.look().find("answers 404") != std::string::npos);
  give(latest.bundle.name, std::string(latest.bundle.size, 'x'));
  CHECK(watcher.look().find("is not the bundle") != std::string::npos);
  give(latest.bundle.name, std::string(latest.bundle.size + 1'000, 'x'));
  CHECK(watcher.look().find("has more than") != std::string::npos);
  CHECK(is_still_there());
  std::filesystem::copy(server.folder("more/" + latest.bundle.name), server.folder("public/" + latest.bundle.name),
                        std::filesystem::copy_options::overwrite_existing);
  CHECK(watcher.look() == "");
  CHECK(engine.metrics().version == 6);
}

TEST_CASE("killed at any step, the next process serves the old version or the new one, without a network") {
  if (without_server()) return;
  for (const std::string at : {"told", "fetched", "stored", "judged", "tested", "ready", "recorded", "swapped"})
    for (const bool by_delta : {true, false}) {
      INFO(at << " " << by_delta);
      Server server;
      published(server.to_publish(), by_delta ? many(1) : version_bytes(1));
      Place place;
      {
        Engine engine;
        Watcher watcher(engine, place.options(server.url()));
        REQUIRE(watcher.look() == "");
      }
      published(server.to_publish(), by_delta ? many(2) : version_bytes(2));
      const auto child = ::fork();
      if (child == 0) {
        Engine engine;
        auto options = place.options(server.url());
        options.opening.step = [&](std::string_view step) {
          const auto version = engine.metrics().version;  // not while what is in the cache is opened
          if (step == at && (step == "told" || version == (step == "swapped" ? 2 : 1))) ::raise(SIGKILL);
        };
        Watcher watcher(engine, options);
        watcher.look();
        ::_exit(0);
      }
      int status = 0;
      ::waitpid(child, &status, 0);
      CHECK(WIFSIGNALED(status));
      server.end();
      Engine engine;
      Watcher watcher(engine, place.options(server.url()));
      CHECK(watcher.look() != "");
      const auto version = engine.metrics().version;
      CHECK((version == 1 || version == 2));
      if (at == "recorded" || at == "swapped") CHECK(version == 2);
      CHECK(allows(engine, "t3", "v" + std::to_string(version) + ".example") == by_delta);
      server.start();
      CHECK(watcher.look() == "");
      CHECK(engine.metrics().version == 2);
    }
}

TEST_CASE("over TLS the server's certificate must be one that is trusted, and plain HTTP must be asked for") {
  if (without_server()) return;
  support::Folder keys;
  const auto make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
                    "-addext subjectAltName=IP:127.0.0.1 -keyout " +
                    keys("key.pem") + " -out " + keys("cert.pem") + " 2>/dev/null";
  if (std::system(make.c_str()) != 0) {
    WARN("skipped: there is no openssl command here");
    return;
  }
  Server server("    ssl_certificate " + keys("cert.pem") + ";\n    ssl_certificate_key " + keys("key.pem") + ";\n");
  published(server.to_publish(), many(1));
  Place place;
  auto options = place.options(server.url("https"));
  options.plain_http = false;
  Engine engine;
  CHECK(Watcher(engine, options).look().find("cannot be fetched") != std::string::npos);
  CHECK(engine.metrics().version == 0);
  options.ca_file = keys("cert.pem");
  CHECK(Watcher(engine, options).look() == "");
  CHECK(engine.metrics().version == 1);
  options.source = server.url("http");
  CHECK(Watcher(engine, options).look().find("cannot be fetched") != std::string::npos);
}
