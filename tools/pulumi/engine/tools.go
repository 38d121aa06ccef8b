//go:build tools

// Package engine only pins the modules that hold the Pulumi CLI; build.py builds the command from them.
package engine

import (
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
	_ "github.com/pulumi/pulumi/sdk/v3/go/common/version"
)
