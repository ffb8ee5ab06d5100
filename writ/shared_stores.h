// Stores that several processes share. Of the component `stores`.
#pragma once

#include "runtime/store/redis/redis_store.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "writ/store.h"
