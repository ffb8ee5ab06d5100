// Which stores there are on this machine. A Redis is started for the tests, reachable by a socket in a folder of theirs alone, and ends with them.
#include "runtime/store/memory.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/folder.h"
#include "tests/unit/stores/redis_server.h"
#include "tests/unit/stores/stores.h"

#include <stdexcept>

namespace writ::stores {

namespace {

std::shared_ptr<CounterStore> in_a_file() {
  static const support::Folder folder;
  static int number = 0;
  std::string error;
  auto store = open_sqlite_store(
      {.path = folder("counters" + std::to_string(number++)), .patience = std::chrono::seconds(20)}, error);
  if (!store) throw std::runtime_error(error);
  return store;
}

std::shared_ptr<CounterStore> in_redis() {
  static int number = 0;
  const auto* const server = RedisServer::shared();
  if (server == nullptr) return nullptr;
  auto options = server->options();
  options.prefix = "test " + std::to_string(number++) + ":";
  options.patience = std::chrono::seconds(20);
  return make_redis_store(options);
}

}  // namespace

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"memory", [] { return std::make_shared<MemoryStore>(4'096); }},
      {"sqlite", in_a_file},
      {"redis", in_redis},
  };
  return all;
}

}  // namespace writ::stores
