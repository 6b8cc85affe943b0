// Headers of ICU would meet those that Foundation has of its own, and the compiler ends where a
// module sees both. Without them libxml2's handlers of encodings are shorter, which nobody here
// looks into.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/xmlreader.h>
