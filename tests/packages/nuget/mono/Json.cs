// Stands in for System.Text.Json, which Mono lacks, as far as ImdsVm.cs uses it.
namespace System.Text.Json
{
    using System.Collections.Generic;
    using System.Web.Script.Serialization;

    public struct JsonElement
    {
        internal object Value;

        public JsonElement GetProperty(string name) => new JsonElement { Value = ((Dictionary<string, object>)Value)[name] };

        public string GetString() => (string)Value;

        public int GetInt32() => Convert.ToInt32(Value);

        public int GetArrayLength() => ((object[])Value).Length;
    }

    public class JsonDocument
    {
        public JsonElement RootElement;

        public static JsonDocument Parse(string text) =>
            new JsonDocument { RootElement = new JsonElement { Value = new JavaScriptSerializer().DeserializeObject(text) } };
    }

    public static class JsonSerializer
    {
        public static string Serialize(object value) => new JavaScriptSerializer().Serialize(value);
    }
}
