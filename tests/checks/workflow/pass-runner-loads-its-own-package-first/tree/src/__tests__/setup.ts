import "my-lib/x";
