// A Redis of the tests' own: no port, a socket in a folder of theirs, nothing on disk. Ended with its keeper, and by the system when the test dies.
#pragma once

#include "runtime/store/redis/redis_store.h"
#include "tests/support/folder.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace writ::stores {

class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> more = {});
  ~RedisServer() { stop(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // One for all tests that want no other. Null where there is no redis-server, which is said once.
  static const RedisServer* shared();
  static bool installed();

  bool runs() const { return process_ > 0; }
  RedisOptions options() const;
  void stop();  // and wait for it
  void restart();
  void freeze(bool frozen) const;  // it is there and answers nothing

 private:
  void begin();

  support::Folder folder_;
  std::vector<std::string> words_;
  pid_t process_ = -1;
};

}  // namespace writ::stores
