// Counters in a Redis, which the processes of many machines share. Each question is one script that Redis runs by itself, so nothing comes between
// asking and counting.
//
// Of one server, or the first of several that follow it: not of a Redis Cluster, whose scripts cannot reach counters of two places. What a follower has not
// seen is lost when it takes over. Let the server refuse to write when its memory is full (`maxmemory-policy noeviction`); evicting counters opens doors.
// Counters that forget (`within`) go by themselves. TLS is left to a socket of the machine.
#pragma once

#include "runtime/store/store.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace writ {

struct RedisOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 6'379;
  std::string socket;                       // path of a Unix socket, in place of host and port
  std::string user, password;               // empty: none is sent
  std::string prefix = "writ:attempts:";    // of every key
  std::chrono::milliseconds patience{200};  // to connect, and for each answer; then it is away
  std::size_t idle = 8;                     // connections that are kept
};

// Connects when it is first asked, and again after it was away.
std::shared_ptr<CounterStore> make_redis_store(RedisOptions options);

}  // namespace writ
