/// Catch2, version 2 or 3.
#pragma once

#ifdef SOCKUTILS_CATCH3
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
