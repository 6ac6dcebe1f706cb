package imdstest

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
)

// binary is the emulator: of the variable IMDS_EMULATOR, or on PATH.
func binary() string { return cmp.Or(os.Getenv("IMDS_EMULATOR"), "imds-emulator") }

type ready struct{ Imds, Admin string }

// started is the one emulator of this process: the record that it printed. It ends with the process, since its standard
// input closes then.
var started = sync.OnceValues(func() (ready, error) {
	command := command("serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--until-stdin-closes")
	var log bytes.Buffer
	command.Stderr = &log
	if _, err := command.StdinPipe(); err != nil {
		return ready{}, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return ready{}, err
	}
	if err := command.Start(); err != nil {
		return ready{}, fmt.Errorf("imdstest: %w: set IMDS_EMULATOR, or put the program on PATH", err)
	}
	var record ready
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		command.Wait()
		return ready{}, fmt.Errorf("imdstest: the emulator did not start: %s", log.String())
	}
	running = command
	return record, json.Unmarshal(line, &record)
})

// running is kept, so that its standard input stays open.
var running *exec.Cmd

var (
	removed = regexp.MustCompile(`^unset (\w+)$`)
	set     = regexp.MustCompile(`^export (\w+)='([^']*)'$`)
)

// variables leads clients to an endpoint, as the emulator says: empty where a variable has to be removed.
func variables(endpoint string) (map[string]string, error) {
	text, err := command("env", "--shell", "bash", "--protocol", "appservice", "--endpoint", endpoint).Output()
	if err != nil {
		return nil, fmt.Errorf("imdstest: imds-emulator env: %w", err)
	}
	variables := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if match := removed.FindStringSubmatch(line); match != nil {
			variables[match[1]] = ""
		} else if match := set.FindStringSubmatch(line); match != nil {
			variables[match[1]] = match[2]
		}
	}
	return variables, nil
}

// command runs the emulator, without settings that are meant for an emulator of the user's own.
func command(arguments ...string) *exec.Cmd {
	command := exec.Command(binary(), arguments...)
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "IMDS_EMULATOR_") {
			command.Env = append(command.Env, variable)
		}
	}
	return command
}
