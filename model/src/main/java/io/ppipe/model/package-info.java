/** The nouns of ppipe: immutable values that every other module speaks about. Depends on nothing but the JDK. */
@NullMarked
package io.ppipe.model;

import org.jspecify.annotations.NullMarked;
