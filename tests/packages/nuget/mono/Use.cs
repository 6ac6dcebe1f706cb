// Uses the fixture without any SDK: process, variables, administration. With an argument it says where the emulator is, and waits.
using System;
using System.Net;
using System.Threading;
using ImdsEmulator.Testing;

public static class Use
{
    public static void Main(string[] arguments)
    {
        Environment.SetEnvironmentVariable("MSI_ENDPOINT", "http://elsewhere.invalid");
        Environment.SetEnvironmentVariable("no_proxy", "a.example");
        var vm = new ImdsFixture().Vm;
        if (arguments.Length > 0)
        {
            Console.WriteLine(vm.Endpoint);
            Thread.Sleep(TimeSpan.FromMinutes(1));
            return;
        }

        Equal(vm, new ImdsFixture().Vm);
        Equal(null, Environment.GetEnvironmentVariable("MSI_ENDPOINT"));
        Equal(vm.Endpoint, Environment.GetEnvironmentVariable("AZURE_POD_IDENTITY_AUTHORITY_HOST"));
        Equal("a.example,127.0.0.1,localhost,::1", Environment.GetEnvironmentVariable("NO_PROXY"));
        Equal("a.example,127.0.0.1,localhost,::1", Environment.GetEnvironmentVariable("no_proxy"));
        vm.Fault(new { effect = new { status = 404 }, next = 1 });
        Equal(404, Ask(vm));
        Equal(200, Ask(vm));
        Equal(2, vm.Journal().GetArrayLength());
        Equal(2, vm.Verify().GetProperty("requests").GetInt32());
        vm.Limits(new { identity = new { concurrent = 3 } });
        Equal(3, vm.Tally().GetProperty("left").GetProperty("identity").GetProperty("slots").GetInt32());
        vm.ClearFaults();
        vm.Reset();
        Equal(0, vm.Journal().GetArrayLength());
        Refused(() => vm.Fault(new { effect = new { status = 99 } }));
        Console.WriteLine("used");
    }

    private static int Ask(ImdsVm vm)
    {
        const string path = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net/&client_id=";
        var request = (HttpWebRequest)WebRequest.Create(vm.Endpoint + path + vm.Identity());
        request.Headers["Metadata"] = "true";
        try
        {
            using (var answer = (HttpWebResponse)request.GetResponse())
            {
                return (int)answer.StatusCode;
            }
        }
        catch (WebException refused)
        {
            return (int)((HttpWebResponse)refused.Response).StatusCode;
        }
    }

    private static void Equal(object expected, object found)
    {
        if (!object.Equals(expected, found))
        {
            throw new Exception("expected " + expected + ", found " + found);
        }
    }

    private static void Refused(Action action)
    {
        try
        {
            action();
        }
        catch (InvalidOperationException refused)
        {
            Equal(true, refused.Message.Contains("400"));
            return;
        }

        throw new Exception("not refused");
    }
}
