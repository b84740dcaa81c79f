if(SOCKUTILS_SANITIZE)
  add_compile_options(-fsanitize=${SOCKUTILS_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all
                      # RapidJSON adds to a null pointer before its first allocation (internal/stack.h).
                      $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fno-sanitize=pointer-overflow>)
  add_link_options(-fsanitize=${SOCKUTILS_SANITIZE})
  add_compile_definitions(SOCKUTILS_SANITIZED)
endif()
