#include "tests/unit/stores/redis_server.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace writ::stores {

namespace {

// Debian's package of tools has the server under another name, and starts none when it is installed.
const char* program() {
  for (const char* path : {"/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/redis-check-rdb"})
    if (::access(path, X_OK) == 0) return path;
  return nullptr;
}

}  // namespace

bool RedisServer::installed() {
  static const bool there = [] {
    if (program() != nullptr) return true;
    std::fprintf(stderr, "there is no redis-server: the store in Redis is not tested\n");
    return false;
  }();
  return there;
}

RedisServer::RedisServer(std::vector<std::string> more) {
  words_ = {"redis-server", "--port", "0",     "--unixsocket",          folder_("socket"), "--save", "",
            "--appendonly", "no",     "--dir", folder_.path().string(), "--daemonize",     "no"};
  words_.insert(words_.end(), more.begin(), more.end());
  begin();
}

void RedisServer::begin() {
  std::filesystem::remove(folder_("socket"));
  std::vector<char*> arguments;
  for (auto& word : words_) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const char* const binary = program();  // what it is, it knows by the name it is called
  process_ = ::fork();
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
    ::execv(binary, arguments.data());
    ::_exit(127);
  }
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!std::filesystem::exists(folder_("socket")) && std::chrono::steady_clock::now() < late)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

const RedisServer* RedisServer::shared() {
  if (!installed()) return nullptr;
  static const auto server = std::make_unique<RedisServer>();
  return server.get();
}

RedisOptions RedisServer::options() const {
  RedisOptions options;
  options.socket = folder_("socket");
  return options;
}

void RedisServer::stop() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void RedisServer::restart() {
  stop();
  begin();
}

void RedisServer::freeze(bool frozen) const { ::kill(process_, frozen ? SIGSTOP : SIGCONT); }

}  // namespace writ::stores
