# The warning set of the project; errors in development builds.
add_library(sockutils_warnings INTERFACE)
target_compile_options(sockutils_warnings INTERFACE
  -Wall -Wextra -pedantic -Wshadow -Wconversion -Wsign-conversion -Wswitch-enum -Wold-style-cast
  -Wcast-qual -Wnon-virtual-dtor
  $<$<CXX_COMPILER_ID:GNU>:-Wuseless-cast>
  # Designated initialisers leave the other members at their defaults; that is what they are for.
  -Wno-missing-field-initializers
  $<$<BOOL:${SOCKUTILS_WERROR}>:-Werror>)
