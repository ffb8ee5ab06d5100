// A web server of these tests, and folders that are published into.
#pragma once

#include "runtime/bundle/publish.h"
#include "runtime/watch/watch.h"
#include "tests/unit/engine/served.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace writ::watched {

using namespace writ::served;

inline void write(const std::string& path, const Bytes& bytes) {
  std::ofstream(path + ".new", std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  std::filesystem::rename(path + ".new", path);
}
inline Bytes version_bytes(std::uint64_t version) {
  return bytes_of(tenants(3, version), manifest(version), {&key(0)});
}

inline Latest published(const std::string& folder, const Bytes& bytes) {
  const auto sign = [](std::string_view message, std::vector<Signature>& signatures) {
    signatures.push_back(key(0).sign(message).value());
    return Problem{};
  };
  Latest made;
  const auto problem = publish(folder, open(bytes), 4, sign, made);
  INFO(text_of(problem));
  REQUIRE(!problem);
  // As if it had been there for a while: what was changed a moment ago is asked for without its ETag.
  std::filesystem::last_write_time(folder + "/production.latest", std::filesystem::file_time_type::clock::now() -
                                                                      std::chrono::seconds(1'000 - 10 * made.version));
  return made;
}

template <class F>
bool soon(F&& f) {
  for (int i = 0; i < 2'000; ++i) {
    if (f()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

inline std::string nginx() {
  for (const char* path : {"/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"})
    if (::access(path, X_OK) == 0) return path;
  return "";
}

inline int free_port() {
  const int one = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(one, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(one, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(one);
  return bound ? ntohs(address.sin_port) : 0;
}

inline bool answers(int port) {
  const int one = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool good = ::connect(one, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(one);
  return good;
}

// Gives out `public` of its folder on this machine alone, until it goes.
class Server {
 public:
  explicit Server(const std::string& more = "") : port_(free_port()) {
    std::filesystem::create_directories(folder("public"));
    const auto at = folder.path().string();
    std::string temporary;
    for (const char* name : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      temporary += std::string("  ") + name + "_temp_path " + at + "/" + name + ";\n";
    folder.write("nginx.conf", "daemon off;\nmaster_process off;\npid " + at + "/pid;\nerror_log " + at +
                                   "/errors;\nevents {}\nhttp {\n  access_log " + at + "/log;\n" + temporary +
                                   "  server {\n    listen 127.0.0.1:" + std::to_string(port_) +
                                   (more.empty() ? "" : " ssl") + ";\n    root " + at + "/public;\n" + more +
                                   "  }\n}\n");
    start();
  }
  ~Server() { end(); }
  void start() {
    const auto program = nginx(), settings = folder("nginx.conf"), prefix = folder.path().string();
    child_ = ::fork();
    if (child_ == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY);
      ::dup2(nowhere, 2);
      ::execl(program.c_str(), "nginx", "-p", prefix.c_str(), "-c", settings.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    REQUIRE(soon([this] { return answers(port_); }));
  }
  void end() {
    if (child_ <= 0) return;
    ::kill(child_, SIGTERM);
    ::waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/production.latest";
  }
  // Whether its log has that soon: nginx answers first and writes it down then.
  bool logs(std::string_view what) const {
    return soon([&] {
      std::ifstream file(folder("log"));
      return std::string(std::istreambuf_iterator<char>(file), {}).find(what) != std::string::npos;
    });
  }
  std::string to_publish() const { return folder("public"); }

  support::Folder folder;

 private:
  int port_;
  pid_t child_ = -1;
};

}  // namespace writ::watched
