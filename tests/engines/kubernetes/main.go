// Holds a Job to Kubernetes' own types, and lints and renders a chart by Helm's library, without a cluster:
//
//	kubernetes job <JOB
//	kubernetes lint CHART
//	kubernetes template CHART [NAME=VALUE...]
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	helm "helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
	"helm.sh/helm/v3/pkg/strvals"
	batch "k8s.io/api/batch/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 1 && args[0] == "job" {
		return job()
	}
	if len(args) == 2 && args[0] == "lint" {
		return lint(args[1])
	}
	if len(args) >= 2 && args[0] == "template" {
		return template(args[1], args[2:])
	}
	return errors.New("expected job, lint CHART or template CHART [NAME=VALUE...]")
}

// Keys that the types do not know, and keys that are there twice, are errors.
func job() error {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	var job batch.Job
	if err := yaml.UnmarshalStrict(text, &job); err != nil {
		return err
	}
	if job.APIVersion != "batch/v1" || job.Kind != "Job" {
		return fmt.Errorf("expected a Job of batch/v1, found %s of %s", job.Kind, job.APIVersion)
	}
	made, err := yaml.Marshal(&job)
	fmt.Print(string(made))
	return err
}

func lint(chart string) error {
	linted := helm.All(chart, nil, "default", true)
	for _, message := range linted.Messages {
		fmt.Println(message)
		if message.Severity >= support.WarningSev {
			return errors.New("expected a chart without warnings")
		}
	}
	return nil
}

func template(path string, settings []string) error {
	chart, err := loader.Load(path)
	if err != nil {
		return err
	}
	given, err := strvals.Parse(strings.Join(settings, ","))
	if err != nil {
		return err
	}
	release := chartutil.ReleaseOptions{Name: "imds-shards", Namespace: "default", Revision: 1, IsInstall: true}
	values, err := chartutil.ToRenderValues(chart, given, release, chartutil.DefaultCapabilities)
	if err != nil {
		return err
	}
	made, err := engine.Render(chart, values)
	if err != nil {
		return err
	}
	for _, text := range made {
		fmt.Print(text)
	}
	return nil
}
